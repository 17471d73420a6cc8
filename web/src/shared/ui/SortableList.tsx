import { type Announcements, closestCenter, DndContext, type DragEndEvent, KeyboardSensor, PointerSensor, useSensor, useSensors } from "@dnd-kit/core";
import { horizontalListSortingStrategy, SortableContext, sortableKeyboardCoordinates, useSortable, verticalListSortingStrategy } from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import type { ReactNode } from "react";
import { t } from "@/shared/i18n/t";

/** What an item puts on its elements to be moved: all of it by the pointer, its handle by keys too. */
export interface Drag {
  ref: (element: HTMLElement | null) => void;
  style: React.CSSProperties;
  dragging: boolean;
  item: Pick<React.DOMAttributes<HTMLElement>, "onPointerDown">;
  handle: React.HTMLAttributes<HTMLElement>;
}

/** As an item has it while nothing can be moved yet. */
export const still: Drag = { ref: () => {}, style: {}, dragging: false, item: {}, handle: { tabIndex: -1 } };

interface Props {
  ids: string[];
  axis: "x" | "y";
  labelOf: (id: string) => string;
  onMove: (from: number, to: number) => void;
  children: (id: string, drag: Drag) => ReactNode;
}

/** Items in an order that can be changed by dragging, or by keys on their handles: Space, the arrows, Space. */
export function SortableList({ ids, axis, labelOf, onMove, children }: Props) {
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates, keyboardCodes: { start: ["Space"], cancel: ["Escape"], end: ["Space", "Enter", "Tab"] } }),
  );
  const place = (id: string | number | undefined) => t("sort.place", { at: ids.indexOf(String(id)) + 1, of: ids.length });
  const announcements: Announcements = {
    onDragStart: ({ active }) => t("sort.lifted", { name: labelOf(String(active.id)) }),
    onDragOver: ({ active, over }) => (over === null ? undefined : `${labelOf(String(active.id))}: ${place(over.id)}`),
    onDragEnd: ({ active, over }) => `${labelOf(String(active.id))}: ${place(over?.id ?? active.id)}`,
    onDragCancel: ({ active }) => t("sort.cancelled", { name: labelOf(String(active.id)) }),
  };
  function onDragEnd({ active, over }: DragEndEvent) {
    if (over !== null && over.id !== active.id) onMove(ids.indexOf(String(active.id)), ids.indexOf(String(over.id)));
  }
  return (
    <DndContext sensors={sensors} collisionDetection={closestCenter} onDragEnd={onDragEnd} accessibility={{ announcements, screenReaderInstructions: { draggable: t("sort.how") } }}>
      <SortableContext items={ids} strategy={axis === "x" ? horizontalListSortingStrategy : verticalListSortingStrategy}>
        {ids.map((id) => (
          <Item key={id} id={id} axis={axis}>
            {children}
          </Item>
        ))}
      </SortableContext>
    </DndContext>
  );
}

function Item({ id, axis, children }: { id: string; axis: "x" | "y"; children: Props["children"] }) {
  const { setNodeRef, attributes, listeners, transform, transition, isDragging } = useSortable({ id, attributes: { roleDescription: t("sort.role") } });
  // Along its line only: an item that flies about says nothing more.
  const along = transform === null ? null : { ...transform, scaleX: 1, scaleY: 1, ...(axis === "x" ? { y: 0 } : { x: 0 }) };
  const { onPointerDown, ...keys } = listeners ?? {};
  return children(id, {
    ref: setNodeRef,
    style: { transform: CSS.Transform.toString(along), transition, zIndex: isDragging ? 1 : undefined },
    dragging: isDragging,
    item: { onPointerDown: onPointerDown as React.PointerEventHandler | undefined },
    handle: { ...attributes, ...keys } as React.HTMLAttributes<HTMLElement>,
  });
}
