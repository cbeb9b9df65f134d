{{/* The Service of a workload. Takes root, component, name, values. */}}
{{- define "todo-chatbot.service" -}}
{{- $service := .values.service -}}
{{- $outside := has $service.type (list "NodePort" "LoadBalancer") -}}
{{- $annotations := $service.annotations -}}
{{- if eq $service.type "NodePort" -}}
{{- $annotations = merge (dict "kube-score/ignore" "service-type") $annotations -}}
{{- end -}}
apiVersion: v1
kind: Service
metadata:
  {{- $own := dict "labels" $service.labels "annotations" $annotations }}
  {{- include "todo-chatbot.metadata" (merge $own .) | nindent 2 }}
spec:
  type: {{ $service.type }}
  {{- if $outside }}
  externalTrafficPolicy: {{ $service.externalTrafficPolicy }}
  {{- end }}
  {{- with $service.trafficDistribution }}
  trafficDistribution: {{ . }}
  {{- end }}
  {{- with $service.ipFamilyPolicy }}
  ipFamilyPolicy: {{ . }}
  {{- end }}
  {{- with $service.ipFamilies }}
  ipFamilies:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  selector:
    {{- include "todo-chatbot.selector" . | nindent 4 }}
  ports:
    - name: http
      port: {{ $service.port }}
      targetPort: http
      protocol: TCP
      appProtocol: http
      {{- if and $outside $service.nodePort }}
      nodePort: {{ $service.nodePort }}
      {{- end }}
{{- end -}}
