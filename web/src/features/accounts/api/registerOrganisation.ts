import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { useCommand } from "@/shared/api/useCommand";
import { organisationsKey } from "./keys";

export function useRegisterOrganisation() {
  return useCommand([organisationsKey], (body: Schemas["NewOrganisation"], key) => answer(client.POST("/api/v1/organisations", { params: { header: { "Idempotency-Key": key } }, body })));
}
