import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { sessionKey } from "@/shared/api/session";
import { useCommand } from "@/shared/api/useCommand";
import { accountsKey, organisationsKey } from "./keys";

export function useRenameOrganisation(id: string) {
  return useCommand([organisationsKey, accountsKey, sessionKey], (body: Schemas["OrganisationEdit"], key) =>
    answer(client.PATCH("/api/v1/organisations/{id}", { params: { path: { id }, header: { "Idempotency-Key": key } }, body })),
  );
}
