{{/*
Names, labels, metadata and images: what every object has.
*/}}

{{/* The chart's own name, or what replaces it. */}}
{{- define "todo-chatbot.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{/* Prefix of the shared objects. Short enough that each suffix still fits into a label of 63 characters. */}}
{{- define "todo-chatbot.fullname" -}}
{{- $name := include "todo-chatbot.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Names of the two workloads. */}}
{{- define "todo-chatbot.frontend" -}}
{{- default "frontend" .Values.frontend.fullnameOverride -}}
{{- end -}}

{{- define "todo-chatbot.backend" -}}
{{- default "backend" .Values.backend.fullnameOverride -}}
{{- end -}}

{{/* The development database. Kubernetes adds a hash of 11 characters to a StatefulSet's name, in a label. */}}
{{- define "todo-chatbot.postgres" -}}
{{- include "todo-chatbot.fullname" . | trunc 43 | trimSuffix "-" }}-postgres
{{- end -}}

{{- define "todo-chatbot.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "todo-chatbot.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/*
Labels that select the pods of a component. Frozen: a Deployment's selector cannot be changed.
Takes root, component.
*/}}
{{- define "todo-chatbot.selector" -}}
app.kubernetes.io/name: {{ .component }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end -}}

{{/* The one label by which network policies know the pods of a component. Takes root, component. */}}
{{- define "todo-chatbot.netpol" -}}
netpol: {{ include "todo-chatbot.fullname" .root }}-{{ .component }}
{{- end -}}

{{/*
Labels of an object: those of commonLabels give way to the chart's own. Takes root, component (left out for objects
that belong to no workload).
*/}}
{{- define "todo-chatbot.labels" -}}
{{- $name := default (include "todo-chatbot.name" .root) .component -}}
{{- $own := fromYaml (include "todo-chatbot.selector" (dict "root" .root "component" $name)) -}}
{{- $_ := set $own "app.kubernetes.io/component" (default "shared" .component) -}}
{{- $_ := set $own "app.kubernetes.io/version" .root.Chart.AppVersion -}}
{{- $_ := set $own "app.kubernetes.io/part-of" "todo-chatbot" -}}
{{- $_ := set $own "app.kubernetes.io/managed-by" .root.Release.Service -}}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .root.Chart.Name (.root.Chart.Version | replace "+" "_")) -}}
{{- toYaml (merge $own .root.Values.commonLabels) -}}
{{- end -}}

{{/* The metadata of an object. Takes root, name, component, and labels and annotations of this one object. */}}
{{- define "todo-chatbot.metadata" -}}
name: {{ .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- $labels := fromYaml (include "todo-chatbot.labels" .) }}
  {{- toYaml (merge $labels (default dict .labels)) | nindent 2 }}
{{- with merge (dict) (default dict .annotations) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* An image's registry, with its slash, or nothing. Takes root, registry. */}}
{{- define "todo-chatbot.registry" -}}
{{- with default .registry .root.Values.global.imageRegistry -}}
{{- trimSuffix "/" . }}/
{{- end -}}
{{- end -}}

{{/* Image and pull policy of a container. Takes root, image. An image without a registry was loaded onto the nodes. */}}
{{- define "todo-chatbot.image" -}}
{{- $registry := include "todo-chatbot.registry" (dict "root" .root "registry" .image.registry) -}}
{{- $tag := default .root.Chart.AppVersion .image.tag -}}
image: {{ printf "%s%s:%s" $registry .image.repository $tag }}{{ with .image.digest }}@{{ . }}{{ end }}
imagePullPolicy: {{ default (ternary "Always" "IfNotPresent" (ne $registry "")) .image.pullPolicy }}
{{- end -}}
