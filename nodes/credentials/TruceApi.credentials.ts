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
	 * The URL is the path at the sidecar. In this way a call reads the credentials once, and no expression:
	 * n8n takes longer for these two than the sidecar for most of its answers.
	 */
	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => ({
		...request,
		url: request.baseURL ? request.url : baseUrlIn(credentials) + request.url,
		headers: { ...request.headers, Authorization: `Bearer ${String(credentials.token)}` },
	});

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.baseUrl.replace(new RegExp("/+$"), "")}}',
			url: '/v1/alerts',
		},
	};
}
