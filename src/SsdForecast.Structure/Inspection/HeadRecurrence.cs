namespace SsdForecast.Structure;

/// <summary>The recurrence that one head of a model ran over a window: <c>a_t = exp(dt_t A)</c>, <c>b_t = dt_t B_t</c>, <c>c_t = C_t</c>.</summary>
/// <remarks>
/// With options of Mamba-3: B and C are turned by the phase since the window began, and <c>b_t</c> has the weight <c>λ_t dt_t + (1 − λ_{t+1}) dt_{t+1}</c>. What
/// that counts too early at <c>t</c> itself is a direct path, which like <c>D</c> passes around the recurrence and is left out.
/// </remarks>
/// <param name="Layer">Layer, from 0.</param>
/// <param name="Head">Head, from 0.</param>
/// <param name="A">The head's decay rate, negative.</param>
/// <param name="Skip">The head's <c>D</c>, which passes the input around the recurrence.</param>
/// <param name="TimeStep"><c>dt_t</c>, length <c>T</c>.</param>
/// <param name="Ssm">The recurrence, <c>T</c> steps of <c>N</c> state numbers.</param>
public sealed record HeadRecurrence(int Layer, int Head, double A, double Skip, double[] TimeStep, DiagonalSsm Ssm)
{
    /// <summary><c>a_t</c>, length <c>T</c>.</summary>
    public double[] Decay => [.. TimeStep.Select(dt => Math.Exp(dt * A))];
}
