{{/* What the server and the migration have in common. Takes root, values, env, security. */}}
{{- define "todo-chatbot.backend.program" -}}
{{- include "todo-chatbot.image" (dict "root" .root "image" .values.image) }}
{{ include "todo-chatbot.containerSecurity" .security }}
env:
  {{- include "todo-chatbot.env" (dict "own" .env "extra" .values.extraEnv) | trim | nindent 2 }}
{{- if .values.extraEnvFrom }}
envFrom:
  {{- include "todo-chatbot.extra" (dict "root" .root "list" .values.extraEnvFrom "indent" 2) }}
{{- end }}
resources:
  {{- toYaml .values.resources | nindent 2 }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
  - name: config
    mountPath: /etc/todo
    readOnly: true
  - name: credentials
    mountPath: /run/credentials/todo
    readOnly: true
  {{- if include "todo-chatbot.hasExtraCa" .root }}
  - name: extra-ca
    mountPath: /etc/todo-ca
    readOnly: true
  {{- end }}
  {{- include "todo-chatbot.extra" (dict "root" .root "list" .values.extraVolumeMounts "indent" 2) }}
{{- end -}}

{{/* Secrets as files. Those the application can do without are a source of their own each, which may be missing. */}}
{{- define "todo-chatbot.backend.credentials" -}}
{{- $secret := include "todo-chatbot.secret" . -}}
{{- $keys := .Values.existingSecretKeys -}}
projected:
  defaultMode: 0440
  sources:
    - secret:
        name: {{ $secret }}
        items:
          - key: {{ $keys.databaseUrl }}
            path: database-url
          - key: {{ $keys.betterAuthSecret }}
            path: better-auth-secret
    - secret:
        name: {{ $secret }}
        optional: true
        items:
          - key: {{ $keys.databaseDirectUrl }}
            path: database-direct-url
    - secret:
        name: {{ $secret }}
        optional: true
        items:
          - key: {{ $keys.openaiApiKey }}
            path: openai-api-key
{{- end -}}

{{/* The operator's certificate authorities. */}}
{{- define "todo-chatbot.backend.extraCa" -}}
{{- $ca := .Values.extraCaCerts -}}
{{- if $ca.configMap -}}
configMap:
  name: {{ $ca.configMap }}
{{- else -}}
secret:
  secretName: {{ $ca.secret }}
  defaultMode: 0440
{{- end }}
  items:
    - key: {{ $ca.key }}
      path: ca.crt
{{- end -}}
