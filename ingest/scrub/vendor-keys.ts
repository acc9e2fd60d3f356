import { ALPHANUMERIC, DASH, DIGIT, HEX_LETTER, LOWER, TOKEN, UNDERSCORE, UPPER } from './characters.js'

/** The form of a vendor's key: a prefix, then so many characters of these classes. */
export interface VendorKey {
  readonly vendor: string
  readonly prefix: string
  readonly classes: number
  readonly least: number
  /** The same as `least` where a key has one length. */
  readonly most: number
}

const HEX = DIGIT | HEX_LETTER
const LONGEST = 512

/**
 * Keys that tell their kind by themselves, as vendors and the public rules of secret scanners describe them. Of prefixes
 * that begin alike the longer stands first. Publishable keys (Stripe's `pk_`) and account names (Twilio's `AC`) are none.
 */
export const VENDOR_KEYS: readonly VendorKey[] = [
  ...['AKIA', 'ASIA', 'ABIA', 'ACCA'].map((prefix) => exactly('AWS', prefix, UPPER | DIGIT, 16)),
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((prefix) => between('GitHub', prefix, ALPHANUMERIC, 36, 255)),
  between('GitHub', 'github_pat_', ALPHANUMERIC | UNDERSCORE, 50, 255),
  ...['glpat-', 'glptt-', 'gldt-', 'glrt-', 'glcbt-', 'glsoat-', 'glft-', 'glagent-'].map((prefix) =>
    between('GitLab', prefix, TOKEN, 20, LONGEST),
  ),
  ...['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxo-', 'xoxe-', 'xoxe.', 'xapp-'].map((prefix) =>
    between('Slack', prefix, TOKEN, 10, LONGEST),
  ),
  ...['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'].map((prefix) => between('Stripe', prefix, ALPHANUMERIC, 16, 255)),
  between('Stripe', 'whsec_', ALPHANUMERIC, 24, 255),
  exactly('Google', 'AIza', TOKEN, 35),
  between('Google', 'GOCSPX-', TOKEN, 20, 64),
  between('Google', 'ya29.', TOKEN, 20, LONGEST),
  between('OpenAI', 'sk-proj-', TOKEN, 20, LONGEST),
  between('OpenAI', 'sk-svcacct-', TOKEN, 20, LONGEST),
  between('Anthropic', 'sk-ant-', TOKEN, 20, LONGEST),
  between('OpenAI', 'sk-', ALPHANUMERIC, 32, LONGEST),
  exactly('Twilio', 'SK', HEX, 32),
  between('npm', 'npm_', ALPHANUMERIC, 36, 64),
  between('PyPI', 'pypi-AgE', TOKEN, 50, LONGEST),
  between('Hugging Face', 'hf_', ALPHANUMERIC, 30, 64),
  exactly('DigitalOcean', 'dop_v1_', HEX, 64),
  exactly('DigitalOcean', 'doo_v1_', HEX, 64),
  ...['shpat_', 'shpca_', 'shppa_', 'shpss_'].map((prefix) => exactly('Shopify', prefix, HEX, 32)),
  between('Databricks', 'dapi', DIGIT | LOWER, 32, 32),
  between('Linear', 'lin_api_', ALPHANUMERIC, 32, 64),
  between('Grafana', 'glsa_', ALPHANUMERIC | UNDERSCORE, 32, 64),
  between('HashiCorp Vault', 'hvs.', TOKEN, 24, LONGEST),
  exactly('Mailgun', 'key-', HEX, 32),
  between('Postman', 'PMAK-', HEX | DASH, 50, 80),
  exactly('Tocsin', 'toc_', ALPHANUMERIC, 36),
]

function exactly(vendor: string, prefix: string, classes: number, length: number): VendorKey {
  return { vendor, prefix, classes, least: length, most: length }
}

function between(vendor: string, prefix: string, classes: number, least: number, most: number): VendorKey {
  return { vendor, prefix, classes, least, most }
}
