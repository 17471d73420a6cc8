package sourcerequest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	. "backlot/domain/sourcerequest"
)

func TestACommandForManyIsCheckedBeforeAnyRequestIsLookedAt(t *testing.T) {
	none := domain.Date(0)
	date := domain.NewDate(2026, time.December, 24)
	partner := domain.Principal{Account: "f", Organisation: "post", Role: domain.RoleFulfillmentPartner}
	studio := domain.Principal{Account: "c", Organisation: "studio", Role: domain.RoleContentPartner}
	checker := domain.Principal{Account: "q", Role: domain.RoleQualityControl}
	auditor := domain.Principal{Account: "a", Role: domain.RoleAuditor}
	create, half := ServiceCreate, ServiceType("Half")
	for name, c := range map[string]struct {
		by    domain.Principal
		want  Command
		code  domain.Code
		field string
	}{
		"a comment":                           {studio, AddComment{CommentID: "c", TextID: "t", Text: "hello"}, "", ""},
		"an empty comment":                    {studio, AddComment{CommentID: "c", TextID: "t", Text: " "}, domain.CodeInvalid, "text"},
		"a comment of an auditor":             {auditor, AddComment{CommentID: "c", TextID: "t", Text: "hello"}, domain.CodeForbidden, ""},
		"a date":                              {partner, ChangeEstimatedDeliveryDate{Date: date, Reason: "late"}, "", ""},
		"a date without a reason":             {partner, ChangeEstimatedDeliveryDate{Date: date}, domain.CodeInvalid, "reason"},
		"no date":                             {partner, ChangeEstimatedDeliveryDate{Reason: "late"}, domain.CodeInvalid, "date"},
		"a date of a studio":                  {studio, ChangeEstimatedDeliveryDate{Date: date, Reason: "late"}, domain.CodeForbidden, ""},
		"a material status":                   {partner, ChangeMaterialStatus{MaterialStatus: MaterialReceived}, "", ""},
		"a rejection without a reason":        {partner, ChangeMaterialStatus{MaterialStatus: MaterialRejected}, domain.CodeInvalid, "reason"},
		"no such material status":             {operator, ChangeMaterialStatus{MaterialStatus: "Lost"}, domain.CodeInvalid, "material_status"},
		"a service type":                      {partner, Edit{ServiceType: &create}, "", ""},
		"no such service type":                {partner, Edit{ServiceType: &half}, domain.CodeInvalid, "service_type"},
		"a due date of a partner":             {partner, Edit{DueDate: &date}, domain.CodeForbidden, ""},
		"no due date":                         {operator, Edit{DueDate: &none}, domain.CodeInvalid, "due_date"},
		"an assignment":                       {operator, Edit{FulfillmentPartner: ptr("post")}, "", ""},
		"nobody":                              {operator, Edit{FulfillmentPartner: ptr("")}, "", ""},
		"a helper":                            {partner, Edit{SubAssignee: ptr("dubs")}, "", ""},
		"helping oneself":                     {partner, Edit{SubAssignee: ptr("post")}, domain.CodeInvalid, "sub_assignee"},
		"a helper of the operator's choosing": {operator, Edit{SubAssignee: ptr("dubs")}, "", ""},
		"somebody responsible":                {operator, ChangeResponsible{Organisation: "post", Account: "a-1"}, "", ""},
		"a colleague":                         {partner, ChangeResponsible{Organisation: "post", Account: "a-1"}, "", ""},
		"somebody else's colleague":           {partner, ChangeResponsible{Organisation: "dubs", Account: "a-1"}, domain.CodeForbidden, ""},
		"nobody responsible":                  {operator, ChangeResponsible{}, "", ""},
		"an assignment by a partner":          {partner, Edit{FulfillmentPartner: ptr("post")}, domain.CodeForbidden, ""},
		"cancelling":                          {operator, Cancel{}, "", ""},
		"cancelling for a long reason":        {operator, Cancel{Reason: strings.Repeat("x", 2001)}, domain.CodeInvalid, "reason"},
		"reinstating":                         {operator, Reinstate{}, "", ""},
		"reinstating by a partner":            {partner, Reinstate{}, domain.CodeForbidden, ""},
		"asking again":                        {checker, RequestRedelivery{Reasons: []string{"drift"}}, "", ""},
		"asking again for nothing":            {checker, RequestRedelivery{}, domain.CodeInvalid, "reasons"},
		"asking again by a partner":           {partner, RequestRedelivery{Reasons: []string{"drift"}}, domain.CodeForbidden, ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := CheckForMany(c.by, c.want)
			if c.code == "" {
				require.NoError(t, err)
				return
			}
			var e *domain.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, c.code, e.Code)
			assert.Equal(t, c.field, e.Field)
		})
	}
}

// What a single request takes from somebody, many may be asked to take as well.
func TestWhatOneRequestTakesPassesForMany(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s State
		for revision := range rapid.IntRange(1, 20).Draw(t, "commands") {
			by := pick(t, "by", operator, house, studio, helper, inspector)
			c := drawCommand(t)
			events, err := Decide(s, c)
			if s.Exists() && err == nil && forMany(c) && Authorize(by, s, c) == nil {
				require.NoError(t, CheckForMany(by, c), "%#v", c)
			}
			for _, e := range events {
				s = Evolve(s, e, occurrence(revision))
			}
		}
	})
}

// forMany reports whether a command means the same to every request.
func forMany(c Command) bool {
	switch c.(type) {
	case Edit, ChangeResponsible, ChangeMaterialStatus, ChangeEstimatedDeliveryDate, RequestRedelivery, AddComment, Cancel, Reinstate:
		return true
	}
	return false
}
