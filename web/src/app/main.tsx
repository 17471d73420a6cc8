import "@fontsource-variable/inter/index.css";
import "@mantine/core/styles.layer.css";
import "./global.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { language } from "@/shared/i18n/language";
import { App } from "./App";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element with the id root");
document.documentElement.lang = language;
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
