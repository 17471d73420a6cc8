import { Center, Loader, MantineProvider } from "@mantine/core";
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { Route, Switch } from "wouter";
import { SourceManagementPage } from "@/features/search/SourceManagementPage";
import { sessionQuery } from "@/shared/api/session";
import { t } from "@/shared/i18n/t";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { Boundary } from "./Boundary";
import { NotFoundPage } from "./NotFoundPage";
import { nonce } from "./nonce";
import { newQueryClient } from "./queryClient";
import { Shell } from "./Shell";
import { theme } from "./theme";

const SignInPage = lazy(async () => ({ default: (await import("@/features/session/SignInPage")).SignInPage }));
const InvitationPage = lazy(async () => ({ default: (await import("@/features/session/InvitationPage")).InvitationPage }));
const ResetPage = lazy(async () => ({ default: (await import("@/features/session/ResetPage")).ResetPage }));
const AccountPage = lazy(async () => ({ default: (await import("@/features/account/AccountPage")).AccountPage }));
const AccountsPage = lazy(async () => ({ default: (await import("@/features/accounts/AccountsPage")).AccountsPage }));
const OrganisationsPage = lazy(async () => ({ default: (await import("@/features/accounts/OrganisationsPage")).OrganisationsPage }));
const RequestPage = lazy(async () => ({ default: (await import("@/features/request/RequestPage")).RequestPage }));

export function App() {
  const [queries] = useState(newQueryClient);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={nonce}>
      <QueryClientProvider client={queries}>
        <Boundary>
          <Suspense fallback={<Waiting />}>
            <Switch>
              {/* Mailed links lead here, whoever is signed in. */}
              <Route path="/invitation">
                <InvitationPage />
              </Route>
              <Route path="/reset">
                <ResetPage />
              </Route>
              <Route>
                <Pages />
              </Route>
            </Switch>
          </Suspense>
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
        <ProblemNotice error={session.error} title={t("shell.noAnswer")} onRetry={() => void session.refetch()} />
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
          <Route path="/account">
            <AccountPage />
          </Route>
          <Route path="/accounts">
            <AccountsPage session={session.data} />
          </Route>
          {session.data.role === "operator" && (
            <Route path="/accounts/organisations">
              <OrganisationsPage />
            </Route>
          )}
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
      <Loader size="sm" aria-label={t("common.loading")} />
    </Center>
  );
}
