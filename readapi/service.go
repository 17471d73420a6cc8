package readapi

import (
	_ "embed" // for the document
	"net/http"
	"strconv"

	"backlot/domain"
)

// Document is the OpenAPI document of everything that New serves.
//
//go:embed openapi.yaml
var Document []byte

func (s *server) getOpenAPI(x *exchange) error {
	x.Header().Set("Content-Type", "application/yaml")
	x.WriteHeader(http.StatusOK)
	_, _ = x.Write(Document)
	return nil
}

func (s *server) getAsyncAPI(x *exchange) error {
	if s.AsyncAPI == nil {
		return domain.Errorf(domain.CodeNotFound, "This server has no event bus.")
	}
	x.Header().Set("Content-Type", "application/yaml")
	x.WriteHeader(http.StatusOK)
	_, _ = x.Write(s.AsyncAPI)
	return nil
}

func (s *server) getHealth(x *exchange) error {
	return x.answer(http.StatusOK, map[string]string{"status": "ok"})
}

func (s *server) getReadiness(x *exchange) error {
	ready, detail := s.Ready()
	if detail == nil {
		detail = map[string]any{}
	}
	status := http.StatusOK
	if !ready {
		status = http.StatusServiceUnavailable
		x.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	}
	return x.answer(status, map[string]any{"ready": ready, "detail": detail})
}

func (s *server) getMetrics(x *exchange) error {
	s.metricsPage.ServeHTTP(x, x.r)
	return nil
}
