/** As much of react-dom, which comes with JupyterLab, as the tests need. */
declare module 'react-dom/client' {
  import type { ReactNode } from 'react';

  export function createRoot(container: Element): { render(element: ReactNode): void };
}
