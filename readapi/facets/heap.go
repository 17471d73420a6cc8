package facets

import "slices"

// firstOf returns the first k of items in order; all of them if k is 0. It
// reorders items.
func firstOf[T any](items []T, k int, compare func(a, b T) int) []T {
	if k <= 0 || k >= len(items)/2 {
		slices.SortFunc(items, compare)
		if k > 0 && k < len(items) {
			items = items[:k]
		}
		return items
	}
	h := heap[T]{limit: k, compare: compare}
	for _, item := range items {
		h.offer(item)
	}
	return h.sorted()
}

// heap keeps the first few of the items that it is offered, the last of them
// on top.
type heap[T any] struct {
	limit   int
	compare func(a, b T) int
	items   []T
}

// full reports whether only items before top are of interest.
func (h *heap[T]) full() bool { return len(h.items) == h.limit }

func (h *heap[T]) top() T { return h.items[0] }

func (h *heap[T]) offer(item T) {
	if len(h.items) < h.limit {
		h.items = append(h.items, item)
		for i := len(h.items) - 1; i > 0; {
			parent := (i - 1) / 2
			if h.compare(h.items[parent], h.items[i]) >= 0 {
				break
			}
			h.items[parent], h.items[i] = h.items[i], h.items[parent]
			i = parent
		}
		return
	}
	if h.compare(item, h.items[0]) >= 0 {
		return
	}
	h.items[0] = item
	for i := 0; ; {
		child := 2*i + 1
		if child >= len(h.items) {
			break
		}
		if child+1 < len(h.items) && h.compare(h.items[child+1], h.items[child]) > 0 {
			child++
		}
		if h.compare(h.items[i], h.items[child]) >= 0 {
			break
		}
		h.items[i], h.items[child] = h.items[child], h.items[i]
		i = child
	}
}

func (h *heap[T]) sorted() []T {
	slices.SortFunc(h.items, h.compare)
	return h.items
}
