import { createServer, type IncomingHttpHeaders } from "node:http";

export interface Receiver {
  url: string;
  /** What came, in order. */
  messages: { headers: IncomingHttpHeaders; body: string }[];
  /** What is answered from now on: a status, or nothing at all until the caller gives up. */
  answer: (what: number | "nothing") => void;
  close: () => Promise<void>;
}

/** A receiver of webhooks that keeps what it is sent. */
export async function openReceiver(): Promise<Receiver> {
  const messages: Receiver["messages"] = [];
  let answers: number | "nothing" = 204;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      messages.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      if (answers !== "nothing") response.writeHead(answers).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the receiver has no port");
  return {
    url: `http://127.0.0.1:${address.port}/backlot`,
    messages,
    answer: (what) => (answers = what),
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
