package conformance

// What the expectations come from.
const (
	docsConcurrency = "docs: clients/grpc, Appending events, Handling concurrency"
	docsIdempotency = "docs: clients/grpc, Appending events, Idempotent writes"
	docsReading     = "docs: clients/grpc, Reading events"
	docsSubscribing = "docs: clients/grpc, Catch-up subscriptions"
	docsFilters     = "docs: clients/grpc, Server-side filtering"
	docsCheckpoints = "docs: clients/grpc, Server-side filtering, Checkpointing"
	docsSoftDelete  = "docs: server, Event streams, Soft delete and TruncateBefore"
	docsHardDelete  = "docs: server, Event streams, Hard delete"
	docsMaxCount    = "docs: server, Event streams, Max count and Max age"
	docsAppendSize  = "docs: server, Database settings, MaxAppendSize"
	docsKeepAlive   = "docs: clients/grpc, Getting started, Keep-alive"

	serverCheckCommit = "server: IndexWriter.CheckCommit"
	serverUndelete    = "server: StorageWriterService.SoftUndeleteStream"
	serverBatch       = "server: Streams.BatchAppend, Google.Rpc.Status"
	serverErrors      = "server: RpcExceptions"

	protoStreams  = "protocol: streams.proto"
	protoShared   = "protocol: shared.proto"
	protoFeatures = "protocol: serverfeatures.proto"
	grpcStatus    = "gRPC: a method that is not there is UNIMPLEMENTED"

	dotnetAppend = "official .NET client: tests of appending"
	dotnetReads  = "official .NET client: tests of reading"
	goClient     = "official Go client"
)
