import { Center, Loader, MantineProvider } from "@mantine/core";
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { Route, Switch } from "wouter";
import { SourceManagementPage } from "@/features/search/SourceManagementPage";
import { SignInPage } from "@/features/session/SignInPage";
import { sessionQuery } from "@/shared/api/session";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { Boundary } from "./Boundary";
import { NotFoundPage } from "./NotFoundPage";
import { nonce } from "./nonce";
import { newQueryClient } from "./queryClient";
import { Shell } from "./Shell";
import { theme } from "./theme";

const RequestPage = lazy(async () => ({ default: (await import("@/features/request/RequestPage")).RequestPage }));

export function App() {
  const [queries] = useState(newQueryClient);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={nonce}>
      <QueryClientProvider client={queries}>
        <Boundary>
          <Pages />
        </Boundary>
      </QueryClientProvider>
    </MantineProvider>
  );
}

function Pages() {
  const session = useQuery(sessionQuery);
  if (session.isPending) return <Waiting />;
  if (session.isError) {
    return (
      <Center h="100%" p="xl">
        <ProblemNotice error={session.error} title="Backlot does not answer" onRetry={() => void session.refetch()} />
      </Center>
    );
  }
  if (!session.data.signed_in) return <SignInPage session={session.data} />;
  return (
    <Shell session={session.data}>
      <Suspense fallback={<Waiting />}>
        <Switch>
          {/* One route for both, so that searching keeps the page as it is. */}
          <Route path={/^\/(?<searched>requests)?$/}>{({ searched }) => <SourceManagementPage session={session.data} searched={searched !== undefined} />}</Route>
          <Route path="/requests/:id/:tab?">{({ id, tab }) => <RequestPage key={id} id={decodeURIComponent(id)} tab={tab ?? "details"} />}</Route>
          <Route>
            <NotFoundPage />
          </Route>
        </Switch>
      </Suspense>
    </Shell>
  );
}

function Waiting() {
  return (
    <Center h="100%">
      <Loader size="sm" aria-label="Loading" />
    </Center>
  );
}
