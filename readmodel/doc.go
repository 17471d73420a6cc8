// Package readmodel is the format of the read models in Redis: what the
// projectors write and the read API reads. It knows the domain and no Redis
// client.
//
// Each build of a read model is a generation with a random id. All of its keys
// share the hash tag {generation}, so that one transaction can hold them in a
// cluster. Those of the model Facets:
//
//	backlot:live                          id of the generation that readers use
//	backlot:building                      id of the generation that is to become live, if any
//	backlot:{g}:checkpoint                log position that everything below stands at
//	backlot:{g}:info                      hash: version, policy (fingerprint), started, events
//	backlot:{g}:rows:<segment>            string: RowsPerSegment rows of RowSize bytes
//	backlot:{g}:dictionary:<name>         list: the value of code n is element n
//	backlot:{g}:feed                      stream: one Change a page, id <position>-0
//	backlot:{g}:document:<request id>     string: one Document as JSON, packed
//
// Any other model has its name before the rest, as in backlot:deliveries:live,
// and rows and documents of its own form.
//
// Version is part of info: a reader or projector that finds another version,
// or another policy fingerprint, starts a new generation.
package readmodel
