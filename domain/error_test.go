package domain_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "backlot/domain"
)

func TestCodesAndRolesAreComplete(t *testing.T) {
	var codes []Code
	var roles []Role
	for _, name := range []string{"error.go", "principal.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || len(v.Values) != 1 {
				return true
			}
			id, ok := v.Type.(*ast.Ident)
			if !ok {
				return true
			}
			lit, ok := v.Values[0].(*ast.BasicLit)
			if !ok {
				return true
			}
			value, err := strconv.Unquote(lit.Value)
			require.NoError(t, err)
			switch id.Name {
			case "Code":
				codes = append(codes, Code(value))
			case "Role":
				roles = append(roles, Role(value))
			}
			return true
		})
	}
	assert.Equal(t, codes, Codes())
	assert.Equal(t, roles, append(Roles(), RoleSystem), "all but the portal's own can be an account's")
	seen := map[Code]bool{}
	for _, c := range Codes() {
		assert.Regexp(t, `^[a-z_]+$`, string(c))
		assert.False(t, seen[c], "%s is there twice", c)
		seen[c] = true
	}
}

func TestErrors(t *testing.T) {
	assert.Equal(t, &Error{Code: CodeInvalid, Field: "title", Message: "title is required", Allowed: []string{"a", "b"}}, Invalid("title", "title is required", "a", "b"))
	assert.Equal(t, &Error{Code: CodeRefused, Message: "not now", Allowed: []string{"cancel"}}, Refused("not now", "cancel"))
	assert.Equal(t, &Error{Code: CodeTooLarge, Message: "7 is more than 5"}, Errorf(CodeTooLarge, "%d is more than %d", 7, 5))
	assert.Equal(t, "refused: not now", Refused("not now").Error())

	caused := &Error{Code: CodeUnavailable, Message: "try again", Err: io.ErrUnexpectedEOF}
	assert.Equal(t, "unavailable: try again: unexpected EOF", caused.Error())
	assert.ErrorIs(t, caused, io.ErrUnexpectedEOF)

	assert.Equal(t, Code(""), ErrorCode(nil))
	assert.Equal(t, CodeInternal, ErrorCode(io.EOF))
	assert.Equal(t, CodeUnavailable, ErrorCode(fmt.Errorf("loading: %w", caused)))
	assert.Equal(t, CodeRefused, ErrorCode(errors.Join(io.EOF, Refused("not now"))))
}

func TestPositions(t *testing.T) {
	for _, p := range []Position{0, 1, 1<<64 - 1} {
		back, err := ParsePosition(p.String())
		require.NoError(t, err)
		assert.Equal(t, p, back)
	}
	for _, s := range []string{"", "-1", "+1", "1.5", "0x1", "18446744073709551616", " 1", "latest"} {
		_, err := ParsePosition(s)
		assert.Equal(t, CodeInvalid, ErrorCode(err), s)
	}
}

func TestWhoSeesAll(t *testing.T) {
	sees := map[Role]bool{RoleOperator: true, RoleAuditor: true, RoleSystem: true}
	for _, r := range append(Roles(), RoleSystem, "", "intern") {
		assert.Equal(t, sees[r], Principal{Account: "a", Organisation: "o", Role: r}.SeesAll(), r)
	}
}

func TestAnOccurrenceIsWhatWasRecorded(t *testing.T) {
	by := Principal{Account: "a", Role: RoleOperator}
	at := NewDate(2026, 11, 23).Start(location(t, "UTC"))
	assert.Equal(t, Occurrence{At: at, By: by, Revision: 7}, Recorded{Revision: 7, Position: 99, Metadata: Metadata{OccurredAt: at, Actor: by}}.Occurrence())
}
