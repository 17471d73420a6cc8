// The official Node client against the server whose address is in ESDB. With
// COMPLETE it is one that has persistent subscriptions, too.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  BACKWARDS,
  END,
  EventStoreDBClient,
  FORWARDS,
  MaxAppendSizeExceededError,
  NO_STREAM,
  START,
  STREAM_EXISTS,
  StreamDeletedError,
  StreamNotFoundError,
  UnsupportedError,
  WrongExpectedVersionError,
  binaryEvent,
  eventTypeFilter,
  excludeSystemEvents,
  jsonEvent,
  persistentSubscriptionToAllSettingsFromDefaults,
  persistentSubscriptionToStreamSettingsFromDefaults,
  streamNameFilter,
} from "@eventstore/db-client";

const address = process.env.ESDB;
assert.ok(address, "ESDB says which server to test");
const complete = Boolean(process.env.COMPLETE);
const maxAppendSize = Number(process.env.MAX_APPEND_SIZE);

const clients = [];
const connect = (uri) => {
  const client = EventStoreDBClient.connectionString(uri);
  clients.push(client);
  return client;
};
const option = (text) => address + (address.includes("?") ? "&" : "?") + text;
const client = connect(address);
after(() => Promise.all(clients.map((c) => c.dispose())));

const prefix = "conformance-" + randomUUID().replaceAll("-", "");
let streams = 0;
const newStream = () => `${prefix}-${streams++}`;
const event = (type, data = { type }) => jsonEvent({ type, data });
const events = (...types) => types.map((type) => event(type));

// Where it has credentials, the client appends without batches.
const credentials = { username: "admin", password: "changeit" };
const waysToAppend = { "batch append": {}, append: { credentials } };

const collect = async (reading) => {
  const all = [];
  for await (const resolved of reading) all.push(resolved);
  return all;
};
const types = (all) => all.map(({ event }) => event.type);
const read = (stream, options) => collect(client.readStream(stream, options));

// received gathers a subscription's messages until there are n.
const received = (subscription, n) =>
  new Promise((resolve, reject) => {
    const all = [];
    const add = (message) => {
      all.push(message);
      if (all.length === n) resolve(all);
    };
    subscription.on("data", ({ event }) => add(event.type));
    subscription.on("caughtUp", () => add("CAUGHT-UP"));
    subscription.on("error", reject);
  });

for (const [way, how] of Object.entries(waysToAppend)) {
  test(`${way}: JSON, binary data, metadata and ids come back`, async () => {
    const stream = newStream() + " поток ✓";
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const given = [
      jsonEvent({ type: "json", data: { a: [1, "ž"] }, metadata: { b: 2 } }),
      binaryEvent({ type: "binary", data: bytes, metadata: bytes }),
    ];
    const result = await client.appendToStream(stream, given, { expectedRevision: NO_STREAM, ...how });
    assert.equal(result.success, true);
    assert.equal(result.nextExpectedRevision, 1n);
    assert.ok(result.position.commit > 0n);

    const [json, binary] = (await read(stream)).map(({ event }) => event);
    assert.deepEqual(json.data, { a: [1, "ž"] });
    assert.deepEqual(json.metadata, { b: 2 });
    assert.deepEqual(Uint8Array.from(binary.data), bytes);
    assert.deepEqual(Uint8Array.from(binary.metadata), bytes);
    assert.equal(binary.revision, 1n);
    for (const [i, e] of [json, binary].entries()) {
      assert.equal(e.id, given[i].id);
      assert.equal(e.streamId, stream);
      assert.ok(Math.abs(Date.now() - e.created.getTime()) < 24 * 3600 * 1000);
    }
  });

  test(`${way}: a wrong revision says what was expected and what is`, async () => {
    const stream = newStream();
    await client.appendToStream(stream, events("0", "1"), how);
    for (const [expectedRevision, actual] of [[5n, 1n], [0n, 1n], [NO_STREAM, 1n]]) {
      await assert.rejects(client.appendToStream(stream, event("x"), { expectedRevision, ...how }), (error) => {
        assert.ok(error instanceof WrongExpectedVersionError, error);
        assert.equal(error.streamName, stream);
        assert.equal(error.expectedVersion, expectedRevision);
        assert.equal(error.actualVersion, actual);
        return true;
      });
    }
    await assert.rejects(client.appendToStream(newStream(), event("x"), { expectedRevision: STREAM_EXISTS, ...how }), WrongExpectedVersionError);
    const tolerant = connect(option("throwOnAppendFailure=false"));
    const result = await tolerant.appendToStream(stream, event("x"), { expectedRevision: 7n, ...how });
    assert.equal(result.success, false);
    await client.appendToStream(stream, event("2"), { expectedRevision: 1n, ...how });
    assert.deepEqual(types(await read(stream)), ["0", "1", "2"]);
  });

  test(`${way}: again is once`, async () => {
    const stream = newStream();
    const given = events("0", "1", "2");
    const first = await client.appendToStream(stream, given, { expectedRevision: NO_STREAM, ...how });
    assert.deepEqual(await client.appendToStream(stream, given, { expectedRevision: NO_STREAM, ...how }), first);
    assert.deepEqual(await client.appendToStream(stream, given, how), first);
    assert.equal((await read(stream)).length, 3);
  });

  test(`${way}: too large is said as such`, async () => {
    const large = binaryEvent({ type: "large", data: new Uint8Array(maxAppendSize + 1) });
    await assert.rejects(client.appendToStream(newStream(), large, how), (error) => {
      assert.ok(error instanceof MaxAppendSizeExceededError, error);
      assert.equal(Number(error.maxAppendSize), maxAppendSize);
      return true;
    });
  });

  test(`${way}: many at once`, async () => {
    const stream = newStream();
    const results = await Promise.all(Array.from({ length: 50 }, (_, i) => client.appendToStream(stream, event(`${i}`), how)));
    const revisions = results.map((r) => Number(r.nextExpectedRevision)).sort((a, b) => a - b);
    assert.deepEqual(revisions, Array.from({ length: 50 }, (_, i) => i));
  });
}

test("batch append: a batch in many pieces is one append", async () => {
  const stream = newStream();
  const given = Array.from({ length: 200 }, (_, i) => event(`${i}`, { text: "x".repeat(100) }));
  const result = await client.appendToStream(stream, given, { expectedRevision: NO_STREAM, batchAppendSize: 1000 });
  assert.equal(result.nextExpectedRevision, 199n);
  assert.deepEqual(types(await read(stream)), given.map((e) => e.type));
});

test("read: a stream both ways", async () => {
  const stream = newStream();
  await client.appendToStream(stream, events("0", "1", "2", "3"));
  assert.deepEqual(types(await read(stream, { fromRevision: START, maxCount: 2 })), ["0", "1"]);
  assert.deepEqual(types(await read(stream, { fromRevision: 2n })), ["2", "3"]);
  assert.deepEqual(types(await read(stream, { direction: BACKWARDS, fromRevision: END })), ["3", "2", "1", "0"]);
  assert.deepEqual(types(await read(stream, { direction: BACKWARDS, fromRevision: 1n })), ["1", "0"]);
  await assert.rejects(read(newStream()), StreamNotFoundError);
});

test("read: $all both ways, inclusive forwards and exclusive backwards", async () => {
  const stream = newStream();
  const positions = [];
  for (const e of events("0", "1", "2")) positions.push((await client.appendToStream(stream, e)).position);
  const own = async (options, n) => {
    const found = [];
    for await (const { event } of client.readAll(options)) {
      if (event?.streamId === stream) found.push(event.type);
      if (found.length === n) break;
    }
    return found;
  };
  assert.deepEqual(await own({ direction: FORWARDS, fromPosition: positions[1] }, 2), ["1", "2"]);
  assert.deepEqual(await own({ direction: BACKWARDS, fromPosition: positions[1] }, 1), ["0"]);
  assert.deepEqual(await own({ direction: BACKWARDS, fromPosition: END }, 3), ["2", "1", "0"]);
});

test("read: links are resolved when asked", async () => {
  const [target, stream] = [newStream(), newStream()];
  await client.appendToStream(target, events("0", "1"));
  const links = [`1@${target}`, `9@${target}`].map((to) => binaryEvent({ type: "$>", data: Buffer.from(to) }));
  await client.appendToStream(stream, links);
  const [resolved, dangling] = await read(stream, { resolveLinkTos: true });
  assert.equal(resolved.event.streamId, target);
  assert.equal(resolved.event.type, "1");
  assert.equal(resolved.link.streamId, stream);
  assert.equal(dangling.event, undefined);
  assert.equal(dangling.link.revision, 1n);
});

test("metadata: set, got, and at work", async () => {
  const stream = newStream();
  await client.appendToStream(stream, events("0", "1", "2", "3"));
  await client.setStreamMetadata(stream, { maxCount: 2, maxAge: 3600, owner: "us" });
  const { metadata } = await client.getStreamMetadata(stream);
  assert.equal(metadata.maxCount, 2);
  assert.equal(metadata.maxAge, 3600);
  assert.equal(metadata.owner, "us");
  assert.deepEqual(types(await read(stream)), ["2", "3"]);
  await client.setStreamMetadata(stream, { truncateBefore: 1 }, { expectedRevision: 0n });
  assert.deepEqual(types(await read(stream)), ["1", "2", "3"]);
});

test("delete: hidden, then continued", async () => {
  const stream = newStream();
  await client.appendToStream(stream, events("0", "1"));
  await assert.rejects(client.deleteStream(stream, { expectedRevision: 5n }), (error) => {
    assert.ok(error instanceof WrongExpectedVersionError, error);
    assert.equal(error.actualVersion, 1n);
    return true;
  });
  const { position } = await client.deleteStream(stream, { expectedRevision: 1n });
  assert.ok(position.commit > 0n);
  await assert.rejects(read(stream), StreamNotFoundError);
  const { nextExpectedRevision } = await client.appendToStream(stream, event("2"), { expectedRevision: NO_STREAM });
  assert.equal(nextExpectedRevision, 2n);
  assert.deepEqual(types(await read(stream)), ["2"]);
});

test("tombstone: for good, and told as such by every call", async () => {
  // Trailers, by which the error is told, take only ASCII.
  const names = complete ? [newStream()] : [newStream(), newStream() + " поток"];
  for (const stream of names) {
    await client.appendToStream(stream, event("0"));
    await client.tombstoneStream(stream, { expectedRevision: 0n });
    await assert.rejects(read(stream), StreamDeletedError);
    await assert.rejects(client.appendToStream(stream, event("x")), StreamDeletedError);
    await assert.rejects(client.appendToStream(stream, event("x"), { credentials }), StreamDeletedError);
    await assert.rejects(client.deleteStream(stream), StreamDeletedError);
    await assert.rejects(client.tombstoneStream(stream), StreamDeletedError);
  }
});

test("subscribe: to a stream, history, caught up, live", async () => {
  const stream = newStream();
  await client.appendToStream(stream, events("0", "1"));
  const subscription = client.subscribeToStream(stream, { fromRevision: START });
  const live = received(subscription, 5);
  const later = client.subscribeToStream(stream, { fromRevision: 1n });
  await new Promise((resolve) => later.once("caughtUp", resolve));
  await client.appendToStream(stream, events("2", "3"));
  const [next] = await received(later, 1);
  assert.equal(next, "2");
  const got = await live;
  assert.deepEqual(got.filter((m) => m !== "CAUGHT-UP"), ["0", "1", "2", "3"]);
  assert.ok(got.indexOf("CAUGHT-UP") >= 2, got);
  await Promise.all([subscription.unsubscribe(), later.unsubscribe()]);
});

test("subscribe: a tombstone ends it", async () => {
  const stream = newStream();
  await client.appendToStream(stream, event("0"));
  const subscription = client.subscribeToStream(stream, { fromRevision: START });
  const ended = new Promise((resolve) => subscription.once("error", resolve));
  await new Promise((resolve) => subscription.once("data", resolve));
  await client.tombstoneStream(stream);
  assert.ok((await ended) instanceof StreamDeletedError);
});

test("subscribe: to $all, after a position and from the end", async () => {
  const stream = newStream();
  const { position } = await client.appendToStream(stream, event("0"));
  await client.appendToStream(stream, event("1"));
  const own = (subscription, n) =>
    new Promise((resolve, reject) => {
      const all = [];
      subscription.on("data", ({ event }) => {
        if (event.streamId === stream && all.push(event.type) === n) resolve(all);
      });
      subscription.on("error", reject);
    });
  const after = client.subscribeToAll({ fromPosition: position });
  const fromEnd = client.subscribeToAll({ fromPosition: END });
  const live = [own(after, 2), own(fromEnd, 1)];
  await new Promise((resolve) => fromEnd.once("confirmation", resolve));
  await client.appendToStream(stream, event("2"));
  assert.deepEqual(await Promise.all(live), [["1", "2"], ["2"]]);
  await Promise.all([after.unsubscribe(), fromEnd.unsubscribe()]);
});

for (const [name, filter, want] of [
  ["prefix of stream names", () => streamNameFilter({ prefixes: [`${prefix}-order-`], checkpointInterval: 1, maxSearchWindow: 8 }), ["Opened", "Closed"]],
  ["regular expression of stream names", () => streamNameFilter({ regex: `^${prefix}-person-\\d$` }), ["Named"]],
  ["prefixes of event types", () => eventTypeFilter({ prefixes: [`${prefix}-Op`, `${prefix}-Na`] }), ["Opened", "Named"]],
  ["regular expression of event types", () => eventTypeFilter({ regex: `^${prefix}-.*ed$` }), ["Opened", "Named", "Closed"]],
  ["no system events", () => excludeSystemEvents(), ["Opened", "Named", "Closed"]],
]) {
  test(`subscribe: to $all with a filter: ${name}`, async () => {
    const { position } = await client.appendToStream(newStream(), event("start"));
    const write = async () => {
      await client.appendToStream(`${prefix}-order-1`, event(`${prefix}-Opened`));
      await client.appendToStream(`${prefix}-person-1`, event(`${prefix}-Named`));
      await client.setStreamMetadata(`${prefix}-order-1`, { owner: "us" });
      await client.appendToStream(`${prefix}-order-1`, event(`${prefix}-Closed`));
    };
    await write();
    const subscription = client.subscribeToAll({ fromPosition: position, filter: filter() });
    const got = [];
    for await (const { event } of subscription) {
      if (event.streamId.startsWith(prefix)) got.push(event.type.replace(`${prefix}-`, ""));
      else assert.ok(!event.type.startsWith("$"), event.type);
      if (got.length === want.length) await write();
      if (got.length === 2 * want.length) break;
    }
    assert.deepEqual(got, [...want, ...want]);
    await subscription.unsubscribe();
  });
}

test("subscribe: checkpoints come where nothing matches, and can be continued from", async () => {
  const { position } = await client.appendToStream(newStream(), event("start"));
  const [wanted, other] = [newStream() + "-wanted", newStream()];
  await client.appendToStream(other, Array.from({ length: 100 }, (_, i) => event(`${i}`)));
  await client.appendToStream(wanted, event("found"));
  const checkpoints = [];
  const filter = streamNameFilter({
    prefixes: [wanted],
    maxSearchWindow: 10,
    checkpointInterval: 1,
    checkpointReached: (_, at) => checkpoints.push(at),
  });
  const subscription = client.subscribeToAll({ fromPosition: position, filter });
  assert.deepEqual((await received(subscription, 1)).filter((m) => m !== "CAUGHT-UP"), ["found"]);
  await subscription.unsubscribe();
  assert.ok(checkpoints.length >= 5, `${checkpoints.length} checkpoints`);
  const middle = checkpoints[4];
  assert.ok(middle.commit >= position.commit);
  const resumed = client.subscribeToAll({ fromPosition: middle, filter: streamNameFilter({ prefixes: [wanted] }) });
  await new Promise((resolve) => resumed.once("data", ({ event }) => resolve(assert.equal(event.type, "found"))));
  await resumed.unsubscribe();
});

test("subscribe: pings do not end it", async () => {
  const stream = newStream();
  const pinging = connect(option("keepAliveInterval=20&keepAliveTimeout=5000"));
  const subscription = pinging.subscribeToStream(stream, { fromRevision: START });
  const arrived = new Promise((resolve, reject) => {
    subscription.once("data", ({ event }) => resolve(event.type));
    subscription.once("error", reject);
  });
  await sleep(400); // some twenty pings; the third too many would end it
  await client.appendToStream(stream, event("after"));
  assert.equal(await arrived, "after");
  await subscription.unsubscribe();
});

test("connect: several seeds are asked for the leader", async () => {
  const [, scheme, host, rest] = address.match(/^(esdb(?:\+discover)?:\/\/(?:[^@/]*@)?)([^/?]*)(.*)$/);
  const stream = newStream();
  const clustered = connect(`${scheme}${host},${host}${rest}`);
  await clustered.appendToStream(stream, event("0"));
  assert.deepEqual(types(await read(stream)), ["0"]);
});

test("persistent subscriptions: offered, or said not to be", async () => {
  const settings = persistentSubscriptionToStreamSettingsFromDefaults();
  const stream = newStream();
  if (complete) {
    await client.createPersistentSubscriptionToStream(stream, "group", settings);
    await client.deletePersistentSubscriptionToStream(stream, "group");
    return;
  }
  await assert.rejects(client.createPersistentSubscriptionToStream(stream, "group", settings), (error) => {
    assert.equal(error.code, 12);
    assert.match(error.message, /keep the position yourself/);
    return true;
  });
  const toAll = persistentSubscriptionToAllSettingsFromDefaults();
  await assert.rejects(client.createPersistentSubscriptionToAll("group", toAll), UnsupportedError);
});
