<?xml version="1.0" encoding="UTF-8"?>
<!--
  Reads what Mappings/inbound/tpp/view-appointments.yaml reads and writes the same canonical JSON, for processors of
  XSLT 2.0. London's clocks as they are changed since 1996. An appointment without a readable start is left out, as the
  mapping leaves it out, but without an issue that says so.
-->
<xsl:stylesheet version="2.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
  xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:f="urn:hatchway:functions" exclude-result-prefixes="xs f">
  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:strip-space elements="*"/>

  <xsl:param name="time" as="xs:string"/>
  <xsl:param name="digest" as="xs:string"/>
  <xsl:param name="odsCode" as="xs:string"/>
  <xsl:param name="section" as="xs:string"/>
  <xsl:param name="from" as="xs:string"/>
  <xsl:param name="to" as="xs:string"/>

  <xsl:template match="/ViewAppointmentsReply">
    <xsl:text>{"mapping":"tpp/view-appointments","source":{"system":"tpp","message":"ViewAppointmentsReply"</xsl:text>
    <xsl:sequence select="f:field('id', @uuid)"/>
    <xsl:value-of
      select="',&quot;time&quot;:&quot;', $time, '&quot;,&quot;timeKind&quot;:&quot;accepted&quot;,&quot;digest&quot;:&quot;', $digest, '&quot;},&quot;practice&quot;:{&quot;odsCode&quot;:&quot;', $odsCode, '&quot;},&quot;patient&quot;:{&quot;localId&quot;:', f:string(@patientId), '}'"
      separator=""/>
    <xsl:variable name="booked" select="Appointment[f:isTime(@startDate)]"/>
    <xsl:if test="exists($booked)">
      <xsl:text>,"bookings":[</xsl:text>
      <xsl:for-each select="$booked">
        <xsl:if test="position() gt 1">,</xsl:if>
        <xsl:apply-templates select="."/>
      </xsl:for-each>
      <xsl:text>]</xsl:text>
    </xsl:if>
    <xsl:if test="$section eq 'future'">
      <xsl:value-of
        select="',&quot;complete&quot;:{&quot;bookings&quot;:{&quot;from&quot;:&quot;', $from, '&quot;,&quot;to&quot;:&quot;', $to, '&quot;}}'"
        separator=""/>
    </xsl:if>
    <xsl:variable name="leftOut" select="Appointment[@address]"/>
    <xsl:if test="exists($leftOut)">
      <xsl:text>,"issues":[{"severity":"information","code":"address-left-out","path":"ViewAppointmentsReply/Appointment</xsl:text>
      <xsl:if test="count(Appointment) gt 1">
        <xsl:value-of select="concat('[', count($leftOut[1]/preceding-sibling::Appointment) + 1, ']')"/>
      </xsl:if>
      <xsl:text>/@address","count":</xsl:text>
      <xsl:value-of select="count($leftOut)"/>
      <xsl:text>}]</xsl:text>
    </xsl:if>
    <xsl:text>}</xsl:text>
  </xsl:template>

  <xsl:template match="Appointment">
    <xsl:value-of
      select="'{&quot;id&quot;:', f:string(@apptId), ',&quot;status&quot;:&quot;booked&quot;,&quot;start&quot;:&quot;', f:london(@startDate), '&quot;',
        if (f:isTime(@endDate)) then (',&quot;end&quot;:&quot;', f:london(@endDate), '&quot;') else (),
        f:field('serviceType', @details),
        if (@siteName ne '') then (',&quot;location&quot;:{&quot;name&quot;:', f:string(@siteName), '}') else (), '}'"
      separator=""/>
  </xsl:template>

  <xsl:function name="f:isTime" as="xs:boolean">
    <xsl:param name="text" as="xs:string?"/>
    <xsl:sequence select="starts-with(translate(substring($text, 1, 19), '123456789', '000000000'), '0000-00-00T00:00:00')"/>
  </xsl:function>

  <!-- A time on the surgery's wall, with the offset that London has then. -->
  <xsl:function name="f:london" as="xs:string">
    <xsl:param name="time" as="xs:string"/>
    <xsl:variable name="wall" select="substring($time, 1, 19)"/>
    <xsl:variable name="month" select="xs:integer(substring($time, 6, 2))"/>
    <xsl:choose>
      <xsl:when test="$month gt 3 and $month lt 10">
        <xsl:sequence select="concat($wall, '+01:00')"/>
      </xsl:when>
      <xsl:when test="$month lt 3 or $month gt 10">
        <xsl:sequence select="concat($wall, '+00:00')"/>
      </xsl:when>
      <xsl:otherwise>
        <!-- The last Sunday of March or October, by the day of the week of the 31st. -->
        <xsl:variable name="year" select="xs:integer(substring($time, 1, 4))"/>
        <xsl:variable name="weekday"
          select="($year + $year idiv 4 - $year idiv 100 + $year idiv 400 + (if ($month eq 10) then 6 else 2) + 31) mod 7"/>
        <xsl:variable name="hours"
          select="(xs:integer(substring($time, 9, 2)) - 31 + $weekday) * 24 + xs:integer(substring($time, 12, 2))"/>
        <xsl:sequence
          select="if ($month eq 3 and $hours eq 1) then substring($time, 1, 10)
            else if (($month eq 3) eq ($hours gt 1)) then concat($wall, '+01:00') else concat($wall, '+00:00')"/>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:function>

  <xsl:function name="f:field" as="xs:string?">
    <xsl:param name="name" as="xs:string"/>
    <xsl:param name="value" as="xs:string?"/>
    <xsl:sequence select="if ($value ne '') then concat(',&quot;', $name, '&quot;:', f:string($value)) else ()"/>
  </xsl:function>

  <xsl:function name="f:string" as="xs:string">
    <xsl:param name="text" as="xs:string?"/>
    <xsl:sequence
      select="if (not(contains($text, '\') or contains($text, '&quot;') or contains($text, '&#9;') or contains($text, '&#10;') or contains($text, '&#13;')))
        then concat('&quot;', $text, '&quot;')
        else concat('&quot;', replace(replace(replace(replace(replace($text, '\\', '\\\\'), '&quot;', '\\&quot;'), '&#9;', '\\t'), '&#10;', '\\n'), '&#13;', '\\r'), '&quot;')"/>
  </xsl:function>
</xsl:stylesheet>
