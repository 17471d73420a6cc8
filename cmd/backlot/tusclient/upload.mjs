// Sends a file with tus-js-client and says on its standard output what happens.
// Before the request that would go beyond each offset of STALL_AT it says so and
// waits for a line of its standard input, so that a test can let things happen
// meanwhile.
import fs from "node:fs";
import readline from "node:readline";
import * as tus from "tus-js-client";

const { ENDPOINT, TOKEN, FILE, METADATA, URLS, CHUNK, STALL_AT } = process.env;
const say = (what) => process.stdout.write(JSON.stringify(what) + "\n");
const told = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const stalls = STALL_AT.split(",").map(Number);

const upload = new tus.Upload(fs.createReadStream(FILE), {
  endpoint: ENDPOINT,
  headers: { Authorization: `Bearer ${TOKEN}` },
  metadata: JSON.parse(METADATA),
  chunkSize: Number(CHUNK),
  retryDelays: [100, 500, 1000, 1000, 2000, 2000, 3000, 3000, 5000, 5000],
  urlStorage: new tus.FileUrlStorage(URLS),
  async onBeforeRequest(request) {
    const offset = Number(request.getHeader("Upload-Offset") ?? -1);
    if (offset >= stalls[0]) {
      stalls.shift();
      say({ stalled: offset });
      await told.next();
    }
    say({ method: request.getMethod(), offset });
  },
  onShouldRetry(error) {
    say({ retries: String(error) });
    return true;
  },
  onError(error) {
    say({ failed: String(error) });
    process.exit(1);
  },
  onSuccess() {
    say({ done: upload.url });
    process.exit(0);
  },
});

const previous = await upload.findPreviousUploads();
say({ previous: previous.length });
if (previous.length > 0) upload.resumeFromPreviousUpload(previous[0]);
upload.start();
