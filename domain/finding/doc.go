// Package finding is the catalogue of what inspection can find wrong with the
// files of a delivery: types of finding, whether a person may override them,
// and what to do about each. It knows no source request; those know it.
package finding
