import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { baseUrlIn } from '../shared/baseUrl';

export class TruceApi implements ICredentialType {
	name = 'truceApi';

	displayName = 'Truce API';

	icon = { light: 'file:../icons/truce.svg', dark: 'file:../icons/truce.dark.svg' } as const;

	documentationUrl = 'https://github.com/truce-sync/truce/tree/main/nodes#credentials';

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'http://127.0.0.1:8377',
			required: true,
			description:
				'Where the sidecar listens. If n8n runs in Docker, 127.0.0.1 is the container itself: use http://host.docker.internal:8377 or the name of the sidecar’s service.',
		},
		{
			displayName: 'Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'The content of the token file that the sidecar made beside its database (truce.db.token) at the first start',
		},
	];

	/**
	 * The nodes give a path at the sidecar. In this way a call reads the credentials once, and compiles no
	 * expression: n8n takes longer for these two than the sidecar for most of its answers. Whatever else uses the
	 * credentials (HTTP Request, the test below) gives the whole address.
	 */
	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => {
		const headers = { ...request.headers, Authorization: `Bearer ${String(credentials.token)}` };
		const isPath = !request.baseURL && request.url?.startsWith('/');
		return isPath
			? { ...request, headers, url: baseUrlIn(credentials) + request.url }
			: { ...request, headers };
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.baseUrl.replace(new RegExp("/+$"), "")}}',
			url: '/v1/alerts',
		},
	};
}
