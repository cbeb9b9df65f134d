{{/*
How many pods of a workload may be taken away at once. A single pod gets none: it would block the draining of its node.
Takes root, component, name, values.
*/}}
{{- define "todo-chatbot.pdb" -}}
{{- if and .values.pdb.enabled (gt (int .values.replicaCount) 1) -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "todo-chatbot.metadata" . | nindent 2 }}
spec:
  maxUnavailable: {{ .values.pdb.maxUnavailable }}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "todo-chatbot.selector" . | nindent 6 }}
{{- end -}}
{{- end -}}
