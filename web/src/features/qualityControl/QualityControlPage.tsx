import { useParams } from "wouter";
import type { Session } from "@/shared/api/session";
import { WorkList } from "./WorkList";
import { Workbench } from "./Workbench";

/** What was delivered and is to be checked: the list, or one request of it. */
export function QualityControlPage({ session }: { session: Session }) {
  const { id } = useParams<{ id?: string }>();
  return id === undefined ? <WorkList /> : <Workbench key={id} id={decodeURIComponent(id)} account={session.account ?? ""} />;
}
