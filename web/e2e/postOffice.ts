import { createServer, type Socket } from "node:net";

export interface PostOffice {
  port: number;
  /** The last letter's text, once there are as many letters. */
  letter: (count: number) => string | undefined;
  close: () => Promise<void>;
}

/** An SMTP server that takes every mail and keeps it, for the portal under test. */
export async function openPostOffice(): Promise<PostOffice> {
  const letters: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    let received = "";
    let inData = false;
    const say = (line: string) => socket.write(line + "\r\n");
    say("220 post office");
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString("latin1");
      for (;;) {
        const end = inData ? "\r\n.\r\n" : "\r\n";
        const at = received.indexOf(end);
        if (at < 0) return;
        const said = received.slice(0, at);
        received = received.slice(at + end.length);
        if (inData) {
          inData = false;
          letters.push(said);
          say("250 taken");
        } else if (/^DATA/i.test(said)) {
          inData = true;
          say("354 go on");
        } else if (/^QUIT/i.test(said)) {
          say("221 bye");
          socket.end();
        } else say("250 fine");
      }
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the post office has no port");
  return {
    port: address.port,
    letter: (count) => (letters.length < count ? undefined : decoded(letters.at(-1) ?? "")),
    close: () =>
      new Promise<void>((closed) => {
        for (const socket of open) socket.destroy();
        server.close(() => closed());
      }),
  };
}

// Mail travels as quoted-printable: soft line ends and hexadecimal bytes.
function decoded(letter: string): string {
  const bytes = letter.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
