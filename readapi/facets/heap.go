package facets

import "slices"

// window returns items[from:to] as if all of them were sorted; to is at most
// len(items). It reorders items.
func window[T any](items []T, from, to int, compare func(a, b T) int) []T {
	if from >= to {
		return nil
	}
	part := partition(items, from, compare)[:to-from]
	if rest := items[from:]; len(part) < len(rest) {
		partition(rest, len(part), compare)
	}
	slices.SortFunc(part, compare)
	return part
}

// partition reorders items so that the first n are those that sorting would
// put there, and returns the others. Its time is linear.
func partition[T any](items []T, n int, compare func(a, b T) int) []T {
	low, high := 0, len(items) // where the border still has to be found
	for n > low && n < high {
		// The median of three as pivot; sorted input is common.
		mid := low + (high-low)/2
		if compare(items[mid], items[low]) < 0 {
			items[mid], items[low] = items[low], items[mid]
		}
		if compare(items[high-1], items[low]) < 0 {
			items[high-1], items[low] = items[low], items[high-1]
		}
		if compare(items[high-1], items[mid]) < 0 {
			items[high-1], items[mid] = items[mid], items[high-1]
		}
		if high-low <= 3 {
			break
		}
		pivot := items[mid]
		i, j := low, high-1
		for i <= j {
			for compare(items[i], pivot) < 0 {
				i++
			}
			for compare(items[j], pivot) > 0 {
				j--
			}
			if i <= j {
				items[i], items[j] = items[j], items[i]
				i++
				j--
			}
		}
		switch {
		case n <= j:
			high = j + 1
		case n >= i:
			low = i
		default:
			low = n
		}
	}
	return items[n:]
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
