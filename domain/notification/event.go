package notification

// Event is anything that an account's streams hold.
type Event interface{ notificationEvent() }

func (RuleSaved) notificationEvent()    {}
func (RuleReplaced) notificationEvent() {}
func (RuleDeleted) notificationEvent()  {}
func (Secrets) notificationEvent()      {}
func (Notified) notificationEvent()     {}
func (Marks) notificationEvent()        {}
func (Gathered) notificationEvent()     {}
func (Digested) notificationEvent()     {}
func (DigestTold) notificationEvent()   {}
func (Queued) notificationEvent()       {}
func (Claimed) notificationEvent()      {}
func (Tried) notificationEvent()        {}
func (SpokenUpTo) notificationEvent()   {}
