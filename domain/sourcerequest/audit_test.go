package sourcerequest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"backlot/domain"
	. "backlot/domain/sourcerequest"
)

func TestWhoMayAudit(t *testing.T) {
	for role, may := range map[domain.Role]bool{
		domain.RoleOperator: true, domain.RoleAuditor: true, domain.RoleSystem: true, domain.RoleContentPartner: true, domain.RoleFulfillmentPartner: true,
		domain.RoleQualityControl: false, "": false, "janitor": false,
	} {
		err := AuthorizeAudit(domain.Principal{Account: "x", Organisation: "y", Role: role})
		if may {
			assert.NoError(t, err, role)
		} else {
			assert.Equal(t, domain.CodeForbidden, domain.ErrorCode(err), role)
		}
	}
}
