import { Title } from "@mantine/core";
import { Link } from "wouter";

export function NotFoundPage() {
  return (
    <main style={{ padding: 24 }}>
      <Title order={1}>There is no such page</Title>
      <p>
        <Link href="/">Go to Source Management</Link>
      </p>
    </main>
  );
}
