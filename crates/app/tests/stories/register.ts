// 完整注册流程示例
async function completeRegister(email: string, password: string) {
  try {
    // 步骤 1: 发送验证码
    const sendCodeResponse = await fetch('http://localhost:5000/api/send-verification-code', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
      },
      body: JSON.stringify({ email }),
    });
    
    const sendCodeData = await sendCodeResponse.json();
    
    if (!sendCodeData.success) {
      throw new Error(sendCodeData.message);
    }
    
    // 获取验证码（测试模式）
    const verificationCode = sendCodeData.code || prompt('请输入验证码:');
    
    // 步骤 2: 注册
    const registerResponse = await fetch('http://localhost:5000/api/register', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
      },
      body: JSON.stringify({
        email,
        password,
        verification_code: verificationCode,
      }),
    });
    
    const registerData = await registerResponse.json();
    
    if (registerData.success) {
      console.log('注册成功:', registerData.data);
      return registerData;
    } else {
      console.error('注册失败:', registerData.message);
      throw new Error(registerData.message);
    }
  } catch (error) {
    console.error('请求失败:', error);
    throw error;
  }
}
