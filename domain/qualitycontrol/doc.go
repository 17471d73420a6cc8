// Package qualitycontrol is the catalogue of what quality control can find
// wrong with an asset: types of issue with a category, a usual severity and a
// help article each. It knows no source request; those know it.
package qualitycontrol
