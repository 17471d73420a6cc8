import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import type { Target } from "@/shared/api/request/getTargetRows";

/**
 * Has the browser fetch the materials of what is chosen as one ZIP. Films do
 * not fit into a page, so a form asks for it; a form cannot tell a refusal, so
 * the page asks first and reads no further than whether it will be answered.
 */
export async function archiveMaterials(target: Target): Promise<void> {
  const stop = new AbortController();
  const body = "ids" in target ? { ids: target.ids } : { query: target.query, ...(target.except.length > 0 ? { except: target.except } : {}) };
  await answer(client.POST("/api/v1/materials/zip", { body, parseAs: "stream", signal: stop.signal }));
  stop.abort();

  const form = document.createElement("form");
  form.method = "post";
  form.action = "/api/v1/materials/zip";
  form.hidden = true;
  const fields = "ids" in target ? { ids: target.ids.join(",") } : { query: target.query, except: target.except.join(",") };
  for (const [name, value] of Object.entries(fields)) {
    const field = document.createElement("input");
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  // It is a download: the page stays, whatever it is sending meanwhile.
  const stay = (event: Event) => event.stopImmediatePropagation();
  window.addEventListener("beforeunload", stay, { capture: true });
  form.submit();
  setTimeout(() => window.removeEventListener("beforeunload", stay, { capture: true }), 1_000);
  form.remove();
}
