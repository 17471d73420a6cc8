import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { useIntent } from "@/shared/api/intent";
import { answer } from "@/shared/api/problem";

/** Sends a file of requests and begins its job: with one key for all attempts at the same file. */
export function useStartImport() {
  const intent = useIntent();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ file, type }: { file: File; type: string }): Promise<Schemas["Job"]> =>
      answer(
        client.POST("/api/v1/import", {
          params: { header: { "Idempotency-Key": intent.keyFor([file.name, file.size, file.lastModified]) }, query: { name: shortName(file.name) } },
          headers: { "Content-Type": type },
          body: file as unknown as string,
          bodySerializer: (body: unknown) => body as Blob,
        }),
      ),
    onSuccess: () => {
      intent.settle();
      void queries.invalidateQueries({ queryKey: ["jobs", "list"] });
    },
  });
}

const longest = 200; // bytes of a name that a job keeps

function shortName(name: string): string {
  let short = name;
  while (new TextEncoder().encode(short).length > longest) short = short.slice(1);
  return short;
}
