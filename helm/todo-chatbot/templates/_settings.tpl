{{/*
What the backend is told: credentials and its configuration file.
*/}}

{{/* Not empty where the development database is part of the release: it steps aside for any other one. */}}
{{- define "todo-chatbot.hasDevPostgres" -}}
{{- if and .Values.devPostgres.enabled (not .Values.secrets.databaseUrl) (not .Values.existingSecret) -}}
true
{{- end -}}
{{- end -}}

{{- define "todo-chatbot.databaseUrl" -}}
{{- if include "todo-chatbot.hasDevPostgres" . -}}
postgres://todo:{{ .Values.devPostgres.password }}@{{ include "todo-chatbot.postgres" . }}:5432/todo
{{- else -}}
{{- .Values.secrets.databaseUrl -}}
{{- end -}}
{{- end -}}

{{/* The chart's own Secret, as YAML: file name to text; what is not given is left out. */}}
{{- define "todo-chatbot.credentials" -}}
{{- $files := dict
  "database-url" (include "todo-chatbot.databaseUrl" .)
  "database-direct-url" .Values.secrets.databaseDirectUrl
  "better-auth-secret" .Values.secrets.betterAuthSecret
  "openai-api-key" .Values.secrets.openaiApiKey -}}
{{- range $name, $text := $files }}
{{- if $text }}
{{ $name }}: {{ $text | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "todo-chatbot.secret" -}}
{{- default (include "todo-chatbot.fullname" .) .Values.existingSecret -}}
{{- end -}}

{{/* The origins that browsers know the application by, the main one first, as a JSON list in `origins`. */}}
{{- define "todo-chatbot.origins" -}}
{{- $origins := list -}}
{{- if .Values.ingress.enabled -}}
{{- $scheme := ternary "https" "http" .Values.ingress.tls.enabled -}}
{{- range prepend .Values.ingress.extraHosts .Values.ingress.host -}}
{{- $origins = append $origins (printf "%s://%s" $scheme .) -}}
{{- end -}}
{{- end -}}
{{- if .Values.httpRoute.enabled -}}
{{- range .Values.httpRoute.hostnames -}}
{{- $origins = append $origins (printf "https://%s" .) -}}
{{- end -}}
{{- end -}}
{{- /* A wildcard is no origin. */ -}}
{{- $exact := list -}}
{{- range $origins | uniq -}}
{{- if not (contains "*" .) -}}
{{- $exact = append $exact . -}}
{{- end -}}
{{- end -}}
{{- dict "origins" $exact | toJson -}}
{{- end -}}

{{/* The backend's todo.json. What `config` says wins over what follows from other values. */}}
{{- define "todo-chatbot.config" -}}
{{- $config := dict "trusted_proxies" (join "," .Values.backend.trustedProxies) -}}
{{- $origins := (include "todo-chatbot.origins" . | fromJson).origins -}}
{{- with $origins -}}
{{- $_ := set $config "better_auth_url" (first .) -}}
{{- end -}}
{{- with rest $origins -}}
{{- $_ := set $config "better_auth_trusted_origins" (join "," .) -}}
{{- end -}}
{{- if include "todo-chatbot.hasExtraCa" . -}}
{{- $_ := set $config "extra_ca_file" "/etc/todo-ca/ca.crt" -}}
{{- end -}}
{{- /* One by one: merging would take an empty text for none. */ -}}
{{- range $name, $value := .Values.config -}}
{{- $_ := set $config $name $value -}}
{{- end -}}
{{- toPrettyJson $config -}}
{{- end -}}

{{/* Whether `helm test` has something to run: its visitor signs up. */}}
{{- define "todo-chatbot.hasTest" -}}
{{- if and .Values.tests.enabled (ne (toString .Values.config.auth_sign_up) "closed") -}}
true
{{- end -}}
{{- end -}}

{{- define "todo-chatbot.hasExtraCa" -}}
{{- if or .Values.extraCaCerts.configMap .Values.extraCaCerts.secret -}}
true
{{- end -}}
{{- end -}}
