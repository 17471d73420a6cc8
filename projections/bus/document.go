package bus

import _ "embed" // for the document

// Document is the AsyncAPI document of every message that a Publisher sends.
//
//go:embed asyncapi.yaml
var Document []byte
