{{/*
Parts that the pods of this chart share.
*/}}

{{/* How many pods there are, and how new ones take the place of old ones. Takes root, component, values. */}}
{{- define "todo-chatbot.rollout" -}}
replicas: {{ .values.replicaCount }}
revisionHistoryLimit: {{ .values.revisionHistoryLimit }}
progressDeadlineSeconds: {{ .values.progressDeadlineSeconds }}
strategy:
  type: {{ .values.strategy.type }}
  {{- if eq .values.strategy.type "RollingUpdate" }}
  rollingUpdate:
    {{- toYaml .values.strategy.rollingUpdate | nindent 4 }}
  {{- end }}
selector:
  matchLabels:
    {{- include "todo-chatbot.selector" . | nindent 4 }}
{{- end -}}

{{/* Labels and annotations of a pod. Takes root, component, values (optional) and annotations. */}}
{{- define "todo-chatbot.podMetadata" -}}
{{- $values := default dict .values -}}
labels:
  {{- $labels := fromYaml (include "todo-chatbot.labels" .) }}
  {{- /* A chart that is only repackaged restarts no pod. */}}
  {{- $_ := unset $labels "helm.sh/chart" }}
  {{- $netpol := fromYaml (include "todo-chatbot.netpol" .) }}
  {{- toYaml (merge $netpol $labels (default dict $values.podLabels)) | nindent 2 }}
{{- with merge (dict) (default dict .annotations) (default dict $values.podAnnotations) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Who a pod is and what it may do. Takes root, and id, the user and group. */}}
{{- define "todo-chatbot.podSecurity" -}}
{{- $root := .root -}}
serviceAccountName: {{ include "todo-chatbot.serviceAccount" $root }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- if not (kindIs "invalid" $root.Values.hostUsers) }}
hostUsers: {{ $root.Values.hostUsers }}
{{- end }}
{{- with concat $root.Values.global.imagePullSecrets $root.Values.imagePullSecrets | uniq }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .id }}
  runAsGroup: {{ .id }}
  fsGroup: {{ .id }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
  {{- with $root.Values.appArmorProfile }}
  appArmorProfile:
    type: {{ . }}
  {{- end }}
{{- end -}}

{{/* The same of a container; checkers read both. Takes root, id. */}}
{{- define "todo-chatbot.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  capabilities:
    drop: [ALL]
  privileged: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  runAsUser: {{ .id }}
  runAsGroup: {{ .id }}
  seccompProfile:
    type: RuntimeDefault
  {{- with .root.Values.appArmorProfile }}
  appArmorProfile:
    type: {{ . }}
  {{- end }}
terminationMessagePolicy: FallbackToLogsOnError
{{- end -}}

{{/* Where pods go. Soft: a cluster of one node takes them too. Takes root, component, values. */}}
{{- define "todo-chatbot.scheduling" -}}
{{- $selector := include "todo-chatbot.selector" . -}}
affinity:
  {{- with .values.affinity }}
  {{- toYaml . | nindent 2 }}
  {{- else }}
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels:
              {{- $selector | nindent 14 }}
  {{- end }}
topologySpreadConstraints:
  {{- with .values.topologySpreadConstraints }}
  {{- toYaml . | nindent 2 }}
  {{- else }}
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: ScheduleAnyway
    matchLabelKeys: [pod-template-hash]
    labelSelector:
      matchLabels:
        {{- $selector | nindent 8 }}
  {{- end }}
{{ include "todo-chatbot.placement" . | trim }}
terminationGracePeriodSeconds: {{ .values.terminationGracePeriodSeconds }}
{{- end -}}

{{/* On which nodes pods may run, and how they find names there. Takes root, values. */}}
{{- define "todo-chatbot.placement" -}}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .values.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- with .root.Values.dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
Environment variables. One map before it becomes a list, because a name that occurs twice is an error on the server.
Takes own, the chart's; extra, which wins.
*/}}
{{- define "todo-chatbot.env" -}}
{{- $variables := deepCopy .own -}}
{{- /* One by one: merging would take an empty text for none. */ -}}
{{- range $name, $value := .extra -}}
{{- $_ := set $variables $name $value -}}
{{- end -}}
{{- range $name, $value := $variables }}
- name: {{ $name }}
  {{- if kindIs "map" $value }}
  {{- toYaml $value | nindent 2 }}
  {{- else }}
  value: {{ $value | quote }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* When a container counts as started, alive and ready, and how it leaves. Takes values. */}}
{{- define "todo-chatbot.lifecycle" -}}
startupProbe:
  {{- with .values.startupProbe }}
  {{- toYaml . | nindent 2 }}
  {{- else }}
  httpGet:
    path: /healthz
    port: http
  periodSeconds: 1
  timeoutSeconds: 2
  failureThreshold: 60
  {{- end }}
livenessProbe:
  {{- with .values.livenessProbe }}
  {{- toYaml . | nindent 2 }}
  {{- else }}
  httpGet:
    path: /healthz
    port: http
  periodSeconds: 10
  timeoutSeconds: 2
  failureThreshold: 3
  {{- end }}
readinessProbe:
  {{- with .values.readinessProbe }}
  {{- toYaml . | nindent 2 }}
  {{- else }}
  httpGet:
    path: /readyz
    port: http
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 2
  {{- end }}
{{- with .values.preStopSleepSeconds }}
lifecycle:
  preStop:
    sleep:
      seconds: {{ . }}
{{- end }}
{{- end -}}

{{/* A small writable folder in memory: the root of every container is read-only. */}}
{{- define "todo-chatbot.tmp" -}}
- name: tmp
  emptyDir:
    medium: Memory
    sizeLimit: 16Mi
{{- end -}}

{{/* A list of the values, its templates filled in: nothing, or lines of that indent. Takes root, list, indent. */}}
{{- define "todo-chatbot.extra" -}}
{{- with .list -}}
{{- tpl (toYaml .) $.root | nindent (int $.indent) -}}
{{- end -}}
{{- end -}}
