import { useQueryClient } from "@tanstack/react-query";
import { toQueryString } from "@/shared/api/client";
import { type LiveState, reaches } from "@/shared/live/events";
import { useLive } from "@/shared/live/Live";
import { requestQuery } from "@/shared/api/request/getRequest";
import { requestKey } from "@/shared/api/request/keys";

/** Reads the request again whenever something has happened to it. */
export function useLiveRequest(id: string): LiveState {
  const queries = useQueryClient();
  return useLive(toQueryString({ request: id }), (event) => {
    if (event.name !== "request") return;
    const shown = queries.getQueryData(requestQuery(id).queryKey);
    const { gone, position, buckets } = event.data;
    const known = !gone && shown !== undefined && position !== undefined && reaches(shown.position, position) && String(shown.buckets) === String(buckets);
    if (!known) void queries.invalidateQueries({ queryKey: requestKey(id) });
  });
}
