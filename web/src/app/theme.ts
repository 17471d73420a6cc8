import { createTheme, type MantineColorsTuple } from "@mantine/core";
import { t } from "@/shared/i18n/t";

// Neutral greys of one hue, so that colour is left to what means something.
const dark: MantineColorsTuple = ["#e6e8ec", "#c9cdd4", "#a3a9b4", "#868d99", "#5b626e", "#3d434d", "#2a2f37", "#1c2026", "#15181d", "#0f1115"];
const gray: MantineColorsTuple = ["#f7f8fa", "#eff1f4", "#e2e5ea", "#d3d7de", "#b9bfc9", "#8b929e", "#656c78", "#4a505b", "#31363f", "#1c2026"];
const blue: MantineColorsTuple = ["#eaf2fe", "#d3e3fb", "#a6c6f5", "#75a6ef", "#4d8be9", "#2f77e2", "#1c62c4", "#1752a6", "#114389", "#0c3570"];

// One family, three sizes: labels, text, numbers and headings.
export const theme = createTheme({
  colors: { dark, gray, blue },
  primaryColor: "blue",
  primaryShade: 6, // white on it has 5.8:1
  autoContrast: true,
  fontFamily: "'Inter Variable', system-ui, 'Hiragino Sans', 'Yu Gothic UI', 'Noto Sans CJK JP', 'Noto Sans JP', sans-serif",
  fontSizes: { xs: "12px", sm: "13px", md: "13px", lg: "20px", xl: "20px" },
  lineHeights: { xs: "16px", sm: "20px", md: "20px", lg: "28px", xl: "28px" },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  radius: { xs: "2px", sm: "4px", md: "6px", lg: "8px", xl: "12px" },
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "20px", lineHeight: "28px" },
      h2: { fontSize: "13px", lineHeight: "20px" },
      h3: { fontSize: "13px", lineHeight: "20px" },
    },
  },
  components: {
    Tooltip: { defaultProps: { events: { hover: true, focus: true, touch: false }, openDelay: 350, transitionProps: { duration: 100 }, withArrow: false, multiline: true, maw: 320 } },
    Menu: { defaultProps: { withInitialFocusPlaceholder: false, transitionProps: { duration: 100 }, shadow: "md" } },
    Popover: { defaultProps: { transitionProps: { duration: 100 }, shadow: "md" } },
    PasswordInput: { defaultProps: { visibilityToggleFocusable: true, visibilityToggleButtonProps: { "aria-label": t("password.show") } } },
    Combobox: { defaultProps: { transitionProps: { duration: 0 }, shadow: "md" } },
  },
});
