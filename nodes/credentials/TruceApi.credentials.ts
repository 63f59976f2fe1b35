import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

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

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: {
			headers: {
				Authorization: '=Bearer {{$credentials.token}}',
			},
		},
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.baseUrl.replace(new RegExp("/+$"), "")}}',
			url: '/v1/alerts',
		},
	};
}
