package domain

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestIsErasable(t *testing.T) {
	for stream, want := range map[string]bool{
		"person-ada": true, "login-9f86": true, "text-c1": true, "templates-ada": true, "checkpoint-bus": true, "checkpoint-": true,
		"person": false, "sourceRequest-person-1": false, "organisation-x": false, "seals": false, "": false, "Person-ada": false,
	} {
		assert.Equal(t, want, IsErasable(stream), stream)
	}
}
