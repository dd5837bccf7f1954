import { render } from "preact";
import { App } from "./app.js";
import styles from "./styles.css";

const sheet = new CSSStyleSheet();
sheet.replaceSync(styles);
document.adoptedStyleSheets = [sheet];
render(<App />, document.body);
