/** The server's REST interface, `{base}/jupyter-prov/…`. */

import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { asProblem, Problem } from './problem';
import type { IAcceptedCell, ICellOutputs, ICellState, IJob, ILive, IProvClient, JobKind } from './tokens';

export class ProvClient implements IProvClient {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  live(path: string, cells: readonly ICellState[]): Promise<ILive> {
    return this._request<ILive>('POST', 'live', { path, cells });
  }

  async jobs(path?: string): Promise<IJob[]> {
    const query = path === undefined ? '' : URLExt.objectToQueryString({ path });
    return (await this._request<{ jobs: IJob[] }>('GET', 'jobs' + query)).jobs;
  }

  startJob(kind: JobKind, path: string): Promise<IJob> {
    return this._request<IJob>('POST', 'jobs', { kind, path });
  }

  job(id: string): Promise<IJob> {
    return this._request<IJob>('GET', addressOf(id));
  }

  cancelJob(id: string): Promise<IJob> {
    return this._request<IJob>('DELETE', addressOf(id));
  }

  outputs(job: string, index: number): Promise<ICellOutputs> {
    return this._request<ICellOutputs>('GET', `${addressOf(job)}/outputs/${index}`);
  }

  accept(job: string, indices: readonly number[]): Promise<IAcceptedCell[]> {
    return this._request<IAcceptedCell[]>('POST', `${addressOf(job)}/accept`, { cells: indices });
  }

  private async _request<T>(method: string, address: string, body?: object): Promise<T> {
    // The server part says in the page's settings that it runs: a question to none would be an error in the console.
    if (PageConfig.getOption('jupyterProv') === '') {
      throw new Problem('missing');
    }
    const url = URLExt.join(this._settings.baseUrl, 'jupyter-prov', address);
    const init = body ? { method, body: JSON.stringify(body) } : { method };
    const [response, text] = await this._send(url, init);
    const answer = parse(text);
    if (response.ok && answer !== undefined) {
      return answer as T;
    }
    throw problem(response.status, answer);
  }

  private async _send(url: string, init: RequestInit): Promise<[Response, string]> {
    try {
      const response = await ServerConnection.makeRequest(url, init, this._settings);
      return [response, await response.text()];
    } catch (error) {
      throw asProblem(error);
    }
  }
}

function addressOf(job: string): string {
  return `jobs/${encodeURIComponent(job)}`;
}

/** What a JSON text says; undefined where it is none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function problem(status: number, answer: unknown): Problem {
  if (status === 404 && answer === undefined) {
    // Our own handlers answer in JSON; for an unknown address Jupyter Server sends a page.
    return new Problem('missing', '', status);
  }
  const message = (answer as { message?: unknown } | null | undefined)?.message;
  return new Problem('server', typeof message === 'string' ? message : '', status);
}
