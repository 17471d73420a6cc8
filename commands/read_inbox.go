package commands

import (
	"context"

	"github.com/google/uuid"

	"backlot/domain"
	"backlot/domain/notification"
)

// MarkRead notes of one notification whether the account that instructs has
// read it; CodeNotFound for one that its inbox does not keep.
func (n *Notifications) MarkRead(ctx context.Context, id string, read bool, i domain.Instruction) (domain.Position, error) {
	revision, first, err := n.inInbox(ctx, id, i.By)
	if err != nil {
		return 0, err
	}
	return n.mark(ctx, i, func(m notification.Marks) notification.Marks {
		if read {
			return m.Read(revision)
		}
		return m.Unread(revision, first)
	})
}

// MarkAllRead notes that the account that instructs has read a notification and
// all that came before it, or everything (""); CodeNotFound.
func (n *Notifications) MarkAllRead(ctx context.Context, upTo string, i domain.Instruction) (domain.Position, error) {
	var revision uint64
	if upTo == "" {
		last, any, err := n.Log.LastEvent(ctx, notification.InboxOf(i.By.Account))
		if err != nil || !any {
			return 0, err
		}
		revision = last.Revision
	} else {
		var err error
		if revision, _, err = n.inInbox(ctx, upTo, i.By); err != nil {
			return 0, err
		}
	}
	return n.mark(ctx, i, func(m notification.Marks) notification.Marks { return m.ReadUpTo(revision) })
}

// inInbox finds a notification, and the oldest that is kept.
func (n *Notifications) inInbox(ctx context.Context, id string, by domain.Principal) (revision, first uint64, err error) {
	found, any := false, false
	err = n.Log.ReadStream(ctx, notification.InboxOf(by.Account), func(r domain.Recorded) error {
		if !any {
			any, first = true, r.Revision
		}
		if r.ID.String() == id {
			found, revision = true, r.Revision
		}
		return nil
	})
	if err == nil && !found {
		err = ErrNoNotification
	}
	return revision, first, err
}

// ErrNoNotification is the error for what is not in an account's inbox.
var ErrNoNotification = domain.Errorf(domain.CodeNotFound, "there is no such notification in your inbox")

// mark records the marks anew. Their stream remembers no keys, as it holds one
// event only; to mark again what is marked changes nothing.
func (n *Notifications) mark(ctx context.Context, i domain.Instruction, with func(notification.Marks) notification.Marks) (domain.Position, error) {
	stream := notification.MarksOf(i.By.Account)
	i.Key = uuid.NewString()
	out, err := change(ctx, n.Log, stream, i, n.Now, notification.FoldMarks, func(m notification.Marks) ([]notification.Marks, error) {
		next := with(m)
		if next.Before == m.Before && len(next.Also) == len(m.Also) {
			return nil, nil
		}
		return []notification.Marks{next}, n.limit(ctx, stream, 1)
	})
	return out.Position, err
}
