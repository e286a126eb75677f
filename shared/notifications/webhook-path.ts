/** Where Google posts its notifications: the gateway's route, and the address that each channel is made with. */
export const webhookPath = '/api/v2/webhooks/google-calendar';
