package sourcerequest

// everyEvent holds one value of each type of event, in the order of a
// request's life.
var everyEvent = []Event{
	Opened{}, FieldsEdited{}, Assigned{}, SubAssigned{}, ResponsibleChanged{}, MaterialStatusChanged{}, MaterialsProvided{}, EstimatedDeliveryDateChanged{},
	DeliveryStarted{}, FileDelivered{}, DeliveryCompleted{}, DeliveryInspected{}, FindingOverridden{}, QualityControlRecorded{},
	QCIssueAnswered{}, FilesDownloaded{}, RedeliveryRequested{}, Commented{}, CommentRedacted{}, Cancelled{}, Reinstated{}, Upgraded{}, RowImported{},
}

// Kinds lists the kinds of all events, in the order of a request's life.
func Kinds() []string {
	kinds := make([]string, len(everyEvent))
	for i, e := range everyEvent {
		kinds[i] = e.Kind()
	}
	return kinds
}
