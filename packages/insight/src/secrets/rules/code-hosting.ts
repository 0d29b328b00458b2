import type { SecretRule } from '../rule.js';
import { checkedTokenRule, tokenRule } from './token-rule.js';

/** Tokens of services that host code and run its builds. */
export const CODE_HOSTING: readonly SecretRule[] = [
  checkedTokenRule({
    id: 'github-token',
    description: 'GitHub token',
    prefixes: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
  }),
  tokenRule({
    id: 'github-fine-grained-token',
    description: 'GitHub fine-grained personal access token',
    prefixes: ['github_pat_'],
    body: '[A-Za-z0-9]{22}_[A-Za-z0-9]{59}',
  }),
  tokenRule({
    id: 'gitlab-token',
    description: 'GitLab token',
    prefixes: [
      'glpat-',
      'gldt-',
      'glrt-',
      'glcbt-',
      'glptt-',
      'glft-',
      'glimt-',
      'glagent-',
      'gloas-',
      'glsoat-',
      'glffct-',
    ],
    body: '[A-Za-z0-9_-]{20,300}(?:\\.[0-9a-z]{2}(?:\\.[0-9a-z]{2})?[0-9a-z]{7})?',
  }),
  tokenRule({
    id: 'gitlab-runner-registration-token',
    description: 'GitLab runner registration token',
    prefixes: ['GR1348941'],
    body: '[A-Za-z0-9_-]{20}',
  }),
  tokenRule({
    id: 'atlassian-token',
    description: 'Atlassian API token',
    prefixes: ['ATATT3xFfGF0', 'ATCTT3xFfGN0', 'ATBB'],
    body: '[A-Za-z0-9_-]{28,240}(?:=[0-9A-F]{8})?',
    notAfter: '[A-Za-z0-9_=-]',
  }),
  tokenRule({
    id: 'buildkite-token',
    description: 'Buildkite token',
    prefixes: ['bkua_'],
    body: '[0-9a-f]{40}',
  }),
];
