import { Center, Loader, MantineProvider } from "@mantine/core";
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { Redirect, Route, Switch } from "wouter";
import { SourceManagementPage } from "@/features/search/SourceManagementPage";
import { sessionQuery } from "@/shared/api/session";
import { t } from "@/shared/i18n/t";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { Boundary } from "./Boundary";
import { NotFoundPage } from "./NotFoundPage";
import { nonce } from "./nonce";
import { landingOf, pages } from "./pages";
import { OfflineNotice } from "./OfflineNotice";
import { newQueryClient } from "./queryClient";
import { Shell } from "./Shell";
import { theme } from "./theme";

const SignInPage = lazy(async () => ({ default: (await import("@/features/session/SignInPage")).SignInPage }));
const InvitationPage = lazy(async () => ({ default: (await import("@/features/session/InvitationPage")).InvitationPage }));
const ResetPage = lazy(async () => ({ default: (await import("@/features/session/ResetPage")).ResetPage }));
const PlayerPage = lazy(async () => ({ default: (await import("@/features/qualityControl/PlayerPage")).PlayerPage }));
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
  const landing = landingOf(session.data);
  return (
    <Switch>
      {/* A window of its own has no bar. */}
      <Route path="/requests/:id/player">{({ id }) => (
          <>
            <OfflineNotice />
            <PlayerPage id={decodeURIComponent(id)} />
          </>
        )}</Route>
      <Route>
        <Shell session={session.data}>
          <Suspense fallback={<Waiting />}>
            <Switch>
              {landing !== undefined && (
                <Route path="/">
                  <Redirect to={landing.href} replace />
                </Route>
              )}
              {/* One route for all, so that searching keeps the page as it is. */}
              <Route path={/^\/(?<at>search|requests)?$/}>{({ at }) => <SourceManagementPage session={session.data} searched={at === "requests"} />}</Route>
              <Route path="/requests/:id/:tab?">{({ id, tab }) => <RequestPage key={id} id={decodeURIComponent(id)} tab={tab ?? "details"} />}</Route>
              {pages
                .filter(({ may }) => may(session.data))
                .map(({ path, Page }) => (
                  <Route key={path} path={path}>
                    <Page session={session.data} />
                  </Route>
                ))}
              <Route>
                <NotFoundPage />
              </Route>
            </Switch>
          </Suspense>
        </Shell>
      </Route>
    </Switch>
  );
}

function Waiting() {
  return (
    <Center h="100%">
      <Loader size="sm" aria-label={t("common.loading")} />
    </Center>
  );
}
