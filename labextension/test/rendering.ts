/** React components in jsdom. */

import { act } from 'react';
import type { ReactElement } from 'react';
import { createRoot } from 'react-dom/client';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

/** What a component shows, once everything it waits for has come. */
export async function rendered(element: ReactElement): Promise<HTMLElement> {
  const container = document.createElement('div');
  document.body.replaceChildren(container);
  await act(async () => {
    createRoot(container).render(element);
    await Promise.resolve();
  });
  return container;
}

/** Click on what a selector finds, and wait for what follows from it. */
export async function click(container: HTMLElement, selector: string): Promise<void> {
  const found = container.querySelector<HTMLElement>(selector);
  if (!found) {
    throw new Error(`There is no ${selector}.`);
  }
  await act(async () => {
    found.click();
    await Promise.resolve();
  });
}

/** The texts of all elements that a selector finds. */
export function texts(container: HTMLElement, selector: string): string[] {
  return [...container.querySelectorAll(selector)].map(element => element.textContent);
}
