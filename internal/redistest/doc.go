// Package redistest gives tests a Redis: the embedded one (miniredis) and real
// redis-server processes without persistence, on loopback ports of their own.
package redistest
