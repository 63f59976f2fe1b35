/** `ID:TOKEN:ACTION` of a Slack button, `ID:TOKEN` of a Telegram button. */
export function readButton(value: string): { id: string; token: string } | undefined {
	const [, id, token] = /^([a-z][0-9a-f]+):([0-9a-f]{32,})(?::.*)?$/.exec(value.trim()) ?? [];
	return id && token ? { id, token } : undefined;
}
