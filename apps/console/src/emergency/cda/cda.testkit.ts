/** What stands around a body: the head of a clinical document about DURAND Zoé. */
export function cdaOf(body: string, head = '<?xml version="1.0" encoding="UTF-8"?>'): string {
  return `${head}
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <code code="11502-2" displayName="CR d’examens biologiques"/><title>Compte rendu &amp; conclusion</title>
  <effectiveTime value="20260102081500+0100"/><versionNumber value="2"/>
  <recordTarget><patientRole><id extension="IPP1" root="1.2.3"/><patient><name><family>DURAND</family><given>Zoé</given></name>
    <birthTime value="19610304"/></patient></patientRole></recordTarget>
  <author><assignedAuthor><assignedPerson><name><prefix>Dr</prefix><family>NOEL</family></name></assignedPerson>
    <representedOrganization><name>Laboratoire du Parc</name></representedOrganization></assignedAuthor></author>
  <custodian><assignedCustodian><representedCustodianOrganization><name>CHU</name></representedCustodianOrganization></assignedCustodian></custodian>
  <component>${body}</component>
</ClinicalDocument>`;
}

/** A section with a narrative, in a body. */
export function sectionOf(narrative: string, title = 'Hémogramme'): string {
  return `<structuredBody><component><section><title>${title}</title><text>${narrative}</text></section></component></structuredBody>`;
}
