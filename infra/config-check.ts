/** Refuses a stage config that would deploy but not work, or that would send tokens in the clear; names every fault. */
import type { Stage, StageConfig } from './config.ts';

type Rule = [holds: boolean, text: string];

const maxTtlHours = 30 * 24;
const maxRetentionDays = 3650;
const loopbackHosts = ['127.0.0.1', 'localhost', '[::1]'];

export function checkConfig(config: StageConfig): void {
  const broken = [...urlRules(config), ...valueRules(config)].filter(([holds]) => !holds);
  if (broken.length === 0) return;
  throw new Error(`Config of stage ${config.stage}:\n${broken.map(([, text]) => `- ${text}`).join('\n')}`);
}

function urlRules(config: StageConfig): Rule[] {
  const urls = {
    'webhookBaseUrl (WEBHOOK_BASE_URL)': config.webhookBaseUrl,
    'googleRedirectUri (GOOGLE_REDIRECT_URI)': config.googleRedirectUri,
    'jwt.issuer': config.jwt.issuer,
    ...(config.googleApiRootUrl && { googleApiRootUrl: config.googleApiRootUrl }),
    ...(config.googleOauthRootUrl && { googleOauthRootUrl: config.googleOauthRootUrl }),
    ...config.callbackPages,
  };
  const origins = config.corsOrigins.map((origin) => ['corsOrigins (CORS_ORIGINS)', origin] as const);
  const kind = config.stage === 'local' ? 'https, or plain http on a loopback address' : 'https';
  return [...Object.entries(urls), ...origins].map(([name, url]) => [
    isSafe(url, config.stage),
    `${name} must be ${kind}: "${url}"`,
  ]);
}

function valueRules(config: StageConfig): Rule[] {
  const { stage, webhookBaseUrl, webhookTtlHours, alarmEmail, googleApiRootUrl, googleOauthRootUrl } = config;
  return [
    [isOrigin(webhookBaseUrl), `webhookBaseUrl (WEBHOOK_BASE_URL) must have no path: "${webhookBaseUrl}"`],
    [
      Number.isInteger(webhookTtlHours) && webhookTtlHours >= 1 && webhookTtlHours <= maxTtlHours,
      `webhookTtlHours (WEBHOOK_TTL_HOURS) must be a whole number from 1 to ${maxTtlHours}: ${webhookTtlHours}`,
    ],
    [
      config.corsOrigins.every((origin) => isOrigin(origin) && !origin.includes('*')),
      `corsOrigins (CORS_ORIGINS) must be whole origins, without a path: ${config.corsOrigins.join(', ')}`,
    ],
    retentionRule('auditRetentionDays (AUDIT_RETENTION_DAYS)', config.auditRetentionDays),
    retentionRule('notificationRetentionDays (NOTIFICATION_RETENTION_DAYS)', config.notificationRetentionDays),
    [
      alarmEmail === undefined || /^[^\s@]+@[^\s@]+$/.test(alarmEmail),
      `alarmEmail (ALARM_EMAIL) must be an e-mail address: "${alarmEmail}"`,
    ],
    [!googleApiRootUrl === !googleOauthRootUrl, 'googleApiRootUrl and googleOauthRootUrl must be set together'],
    [stage === 'local' || !googleApiRootUrl, 'googleApiRootUrl and googleOauthRootUrl are for stage local only'],
  ];
}

function retentionRule(name: string, days: number): Rule {
  const holds = Number.isInteger(days) && days >= 1 && days <= maxRetentionDays;
  return [holds, `${name} must be a whole number from 1 to ${maxRetentionDays}: ${days}`];
}

function isSafe(text: string, stage: Stage): boolean {
  const url = URL.parse(text);
  if (url?.protocol === 'https:') return true;
  return stage === 'local' && url?.protocol === 'http:' && loopbackHosts.includes(url.hostname);
}

function isOrigin(text: string): boolean {
  return URL.parse(text)?.origin === text;
}
