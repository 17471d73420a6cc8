package bench

import (
	"math"
	"slices"
)

// median returns 0 for no values.
func median(values []float64) float64 { return quantile(values, 0.5) }

// quantile is the value below which a share of the values lies, between
// neighbours in proportion; 0 for no values.
func quantile(values []float64, share float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	at := share * float64(len(sorted)-1)
	low := int(math.Floor(at))
	if low+1 == len(sorted) {
		return sorted[low]
	}
	return sorted[low] + (sorted[low+1]-sorted[low])*(at-float64(low))
}

// line is the straight line through points with the least relative error.
type line struct {
	Fixed float64 `json:"fixed"` // at 0
	Each  float64 `json:"each"`  // for each unit of x
}

// fit weighs each point by 1/y², so that the small ones count as the large ones do.
func fit(xs, ys []float64) line {
	var w, wx, wy, wxx, wxy float64
	for i, x := range xs {
		weight := 1 / (ys[i] * ys[i])
		w, wx, wy = w+weight, wx+weight*x, wy+weight*ys[i]
		wxx, wxy = wxx+weight*x*x, wxy+weight*x*ys[i]
	}
	each := (w*wxy - wx*wy) / (w*wxx - wx*wx)
	return line{Fixed: (wy - each*wx) / w, Each: each}
}
